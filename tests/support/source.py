"""Our own source files, read once, with the few questions the rules of the house ask of them."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What tools make, beside everything whose name begins with a dot (.ci and .github are ours).
NOT_OURS = {"node_modules", "build", "var", "__pycache__", "results"}
DOTTED_AND_OURS = {".ci", ".github"}


@dataclass(frozen=True)
class Source:
    """One file: its path inside the repository, and its text."""

    path: str
    text: str

    @property
    def room(self) -> str:
        """`basics` for canbao/basics/money.py, empty for what is not in a room of Canbao."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "canbao" and len(parts) > 2 else ""

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the syntax tree."""
        return tuple(ast.walk(ast.parse(self.text, self.path)))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything imported: `from os import urandom` is `os.urandom`."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)

    def dotted(self) -> Iterator[tuple[int, str]]:
        """Line and last two names of every attribute: `datetime.datetime.now` is `datetime.now`."""
        for node in self.nodes:
            if isinstance(node, ast.Attribute):
                owner = node.value
                name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                yield node.lineno, f"{name}.{node.attr}"

    def strings(self) -> Iterator[tuple[int, str]]:
        """Line and text of every string that does something; docstrings only speak."""
        spoken = {id(node.value) for node in self.nodes if isinstance(node, ast.Expr)}
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
                yield node.lineno, node.value


def our_files(root: Path = ROOT) -> Iterator[Path]:
    """Every file that we wrote, below a root."""
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if _is_ours(name))
        yield from (Path(folder, name) for name in sorted(names))


@cache
def python_sources() -> tuple[Source, ...]:
    """Every Python file of ours; migrations are written by Django and judged by it."""
    paths = (path for path in our_files() if path.suffix == ".py" and "migrations" not in path.parts)
    return tuple(Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths)


def _is_ours(folder: str) -> bool:
    if folder.startswith("."):
        return folder in DOTTED_AND_OURS
    return folder not in NOT_OURS and not folder.endswith(".egg-info")
