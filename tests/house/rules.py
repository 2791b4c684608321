"""The rules of the house that a file can break by itself, each with what it forbids planted beside it."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.support.source import Source

Findings = Iterator[tuple[int, str]]

BELOW_THE_FACES = {"basics", "policy", "records", "channels", "services"}
WHERE_MONEY_IS_COUNTED = {"basics", "policy", "records", "services"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 60


@dataclass(frozen=True)
class Rule:
    """What must hold (`sentence`), where, how a breach is found, and samples that must be found.

    `allowed` maps a path to the reason why it may break the rule; a reason nobody needs any more is
    itself a failure. `planted` maps a path to a text that breaks the rule there.
    """

    sentence: str
    applies_to: Callable[[Source], bool]
    find: Callable[[Source], Findings]
    planted: Mapping[str, str]
    allowed: Mapping[str, str] = field(default_factory=dict)

    def breaches(self, source: Source) -> list[str]:
        """`path:line: what`, one line each."""
        if not self.applies_to(source):
            return []
        return [f"{source.path}:{line}: {what}" for line, what in self.find(source)]


def everywhere(_source: Source) -> bool:
    return True


def in_rooms(rooms: set[str]) -> Callable[[Source], bool]:
    return lambda source: source.room in rooms


def in_canbao(source: Source) -> bool:
    return source.path.startswith("canbao/")


# ── form


def long_file(source: Source) -> Findings:
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield lines, f"a file of {lines} lines wants to be two"


def long_functions(source: Source) -> Findings:
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {lines} lines and wants to be two"


EMPTY_WORDS = {"manager", "managers", "util", "utils", "helper", "helpers", "common", "misc"}


def empty_names(source: Source) -> Findings:
    classes = [(node.lineno, node.name) for node in source.nodes if isinstance(node, ast.ClassDef)]
    modules = [(1, part) for part in source.path.removesuffix(".py").split("/")]
    for line, name in [*modules, *classes]:
        words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+", name)}
        if words & EMPTY_WORDS:
            yield line, f"{name} does not say what it is"


# Written so that this file does not contain what it looks for.
LATER = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK|Not[I]mplementedError)\b")
EXCUSES = re.compile(r"\bpytest\.(mark\.)?(s[k]ip|s[k]ipif|x[f]ail|importors[k]ip)\b|unittest\.s[k]ip")


def left_for_later(source: Source) -> Findings:
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := LATER.search(line) or EXCUSES.search(line):
            yield number, found.group()


# ── the world is passed in

WORLD_MODULES = {"random", "secrets", "time", "threading", "asyncio", "multiprocessing", "concurrent"}
WORLD_NAMES = re.compile(
    r"^((datetime|date|timezone|dt)\.(now|utcnow|today|localtime|localdate)"
    r"|os\.(urandom|getrandom)|uuid\.uuid\d|functions\.Now|\w+\.auto_now(_add)?)$"
)
WORLD_IN_SQL = re.compile(
    r"\b(CURRENT_TIMESTAMP|CURRENT_DATE|CURRENT_TIME|NOW\(\)|RANDOM\(\))", re.IGNORECASE
)


def own_world(source: Source) -> Findings:
    for line, name in source.imports():
        last_two = ".".join(name.split(".")[-2:])
        if name.split(".")[0] in WORLD_MODULES or WORLD_NAMES.match(last_two):
            yield line, f"{name} is for the faces to pass in"
    for line, name in source.dotted():
        if WORLD_NAMES.match(name):
            yield line, f"{name} is for the faces to pass in"
    for line, text in source.strings():
        if found := WORLD_IN_SQL.search(text):
            yield line, f"{found.group()} asks the database for the world"
    for node in source.nodes:
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield node.value.lineno, f"{node.arg} reads a clock"


NETWORK = {"requests", "httpx", "urllib3", "urllib.request", "http.client", "socket", "aiohttp", "smtplib",
           "ftplib", "websockets", "wechatpayv3"}  # fmt: skip


def network(source: Source) -> Findings:
    for line, name in source.imports():
        if any(name == module or name.startswith(module + ".") for module in NETWORK):
            yield line, f"{name} is a door of channels"


# ── money and its rows


def floats(source: Source) -> Findings:
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield node.lineno, f"{node.value} is a float"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float"
        elif isinstance(node, ast.Attribute) and node.attr == "FloatField":
            yield node.lineno, "FloatField"


def locks(source: Source) -> Findings:
    for line, name in source.dotted():
        if name.endswith(".select_for_update"):
            yield line, "claim by UPDATE … RETURNING"
    for line, text in source.strings():
        if re.search(r"\bFOR\s+(NO\s+KEY\s+)?UPDATE\b", text, re.IGNORECASE):
            yield line, "claim by UPDATE … RETURNING"


def signals(source: Source) -> Findings:
    for line, name in source.imports():
        if name.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals")):
            yield line, f"{name}: a call nobody sees"


RULES = (
    Rule(
        f"a file has at most {LONGEST_FILE} lines",
        everywhere,
        long_file,
        {"canbao/basics/days.py": "x = 1\n" * 401},
    ),
    Rule(
        f"a function has at most {LONGEST_FUNCTION} lines",
        everywhere,
        long_functions,
        {"tests/basics/test_x.py": "def f():\n" + "    x = 1\n" * 60},
    ),
    Rule(
        "modules and classes have names that say what they are",
        everywhere,
        empty_names,
        {
            "canbao/services/utils.py": "",
            "canbao/policy/pack.py": "class PackManager: ...",
            "sandbox/common/x.py": "",
        },
    ),
    Rule(
        "nothing is left for later",
        everywhere,
        left_for_later,
        {
            "canbao/policy/pack.py": "x = 1  # T\x4fDO",
            "tests/basics/test_x.py": "@pytest.mark.x\x66ail\ndef test_x(): ...",
            "tests/house/test_x.py": "pytest.s\x6bip('no database')",
        },
    ),
    Rule(
        "below the faces there is no clock, chance or thread",
        in_rooms(BELOW_THE_FACES),
        own_world,
        {
            "canbao/services/money/a.py": "from datetime import datetime\nx = datetime.now()",
            "canbao/services/money/b.py": "import datetime\nx = datetime.date.today()",
            "canbao/services/money/c.py": "from django.utils import timezone\nx = timezone.now",
            "canbao/services/money/d.py": "from uuid import uuid4",
            "canbao/records/e.py": "import os\nx = os.urandom(8)",
            "canbao/channels/f.py": "from time import monotonic",
            "canbao/policy/g.py": "import random",
            "canbao/records/h.py": "made_at = models.DateTimeField(auto_now_add=True)",
            "canbao/records/i.py": "sql = 'UPDATE bill SET settled_at = now()'",
            "canbao/records/j.py": "from django.db.models.functions import Now",
        },
        {
            "canbao/records/sealed.py": "a nonce must not be predictable, not even by a simulation",
            "canbao/records/serials.py": "the threads are the web server's; a block of numbers needs a lock",
        },
    ),
    Rule(
        "only channels open a door to the network",
        lambda source: in_canbao(source) and source.room != "channels",
        network,
        {
            "canbao/services/money/a.py": "import requests",
            "canbao/faces/citizen/b.py": "from urllib.request import urlopen",
            "canbao/policy/c.py": "import httpx as web",
        },
        {"canbao/faces/cli/demo/run.py": "it looks for free ports and waits until its own pages answer"},
    ),
    Rule(
        "where money is counted there is no float",
        in_rooms(WHERE_MONEY_IS_COUNTED),
        floats,
        {
            "canbao/services/money/a.py": "share = amount_fen * 0.75",
            "canbao/policy/b.py": "x = float('380')",
            "canbao/records/c.py": "amount = models.FloatField()",
        },
    ),
    Rule(
        "rows are claimed, not locked",
        in_canbao,
        locks,
        {
            "canbao/records/a.py": "Bill.objects.select_for_update()",
            "canbao/records/b.py": "sql = 'SELECT id FROM bill FOR UPDATE'",
        },
    ),
    Rule(
        "nothing happens through signals of ours",
        in_canbao,
        signals,
        {"canbao/records/a.py": "from django.db.models.signals import post_save"},
    ),
)
