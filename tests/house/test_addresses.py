"""Every address on the network that our files name is one that we mean."""

import json
import re
from pathlib import Path

import pytest

from tests.support.source import ROOT, our_files

TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".yaml",
    ".yml",
    ".html",
    ".css",
    ".js",
    ".sh",
    ".typ",
    ".cfg",
    "",
}
ADDRESS = re.compile(r"\b(?:https?|ftp|wss?)://(?:[^/\s@\"']*@)?([\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)
MEANT = re.compile(
    r"""
    (127\.0\.0\.1 | 0\.0\.0\.0
    | (.+\.)?(example|invalid|test|localhost) | (.+\.)?example\.(com|org|net)   # reserved for examples
    | (.+\.)?gov\.cn                                 # where notices are published
    | (api|api2)\.mch\.weixin\.qq\.com | pay\.weixin\.qq\.com | open\.weixin\.qq\.com | wx\.tenpay\.com
    | openapi\.alipay\.com | (api-mop|qr)\.chinaums\.com
    | www\.apache\.org | www\.w3\.org | json-schema\.org | keepachangelog\.com | semver\.org)
    """,
    re.VERBOSE,
)

STRANGER = "packages.somewhere.net"


def unmeant(text: str) -> set[str]:
    """The hosts in a text that nobody has vouched for; one that is filled in later is not known yet."""
    hosts = {host.rstrip(".").lower() for host in ADDRESS.findall(text)}
    return {host for host in hosts if not MEANT.fullmatch(host)}


def _texts() -> list[Path]:
    return [path for path in our_files() if path.suffix in TEXT]


def test_files_name_no_address_that_nobody_vouched_for() -> None:
    found = {path.relative_to(ROOT).as_posix(): unmeant(path.read_text("utf-8")) for path in _texts()}

    assert {path: hosts for path, hosts in found.items() if hosts} == {}


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("--index-url https://{}/simple", {STRANGER}),
        ("see https://user:word@{}/x", {STRANGER}),
        ("http://127.0.0.1:8000/ and https://api.mch.weixin.qq.com/v3", set()),
    ],
)
def test_an_unknown_address_is_found(text: str, hosts: set[str]) -> None:
    assert unmeant(text.format(STRANGER)) == hosts


def test_the_npm_lock_pins_by_hash_and_leaves_the_place_open() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    locked = [entry for name, entry in packages.items() if name]

    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in locked)


@pytest.mark.parametrize("name", ["run.txt", "work.txt", "bench.txt"])
def test_the_python_locks_pin_by_hash_and_leave_the_place_open(name: str) -> None:
    lines = (ROOT / "requirements" / name).read_text("utf-8").splitlines()
    pins = [line for line in lines if re.match(r"[a-z0-9]", line)]

    assert all(re.match(r"[\w.-]+==\S+( ;.*)? \\$", line) for line in pins)
    assert not [line for line in lines if line.startswith(("-", "--")) or "://" in line]


def test_what_runs_and_what_is_tested_are_the_same_versions() -> None:
    run, work = (
        set(
            re.findall(r"^[\w.-]+==[^\s\\]+", (ROOT / "requirements" / name).read_text("utf-8"), re.MULTILINE)
        )
        for name in ("run.txt", "work.txt")
    )

    assert run <= work
