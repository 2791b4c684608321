"""Plant a bug: change the text of one of our functions and put the changed function wherever the old one is known.

A bug whose text is no longer found is a failure too, so the list of bugs grows old with the code or not at all.
"""

import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from canbao.basics import states


class Stale(AssertionError):
    """The text that a bug wants to change is not there, or not there once."""


@dataclass(frozen=True)
class Text:
    """In `target` ("module:function" or "module:Class.method") write `new` for `old`."""

    target: str
    old: str
    new: str


@dataclass(frozen=True)
class Edge:
    """Take an edge out of a state table, or put one in with its event."""

    table: str
    edge: tuple[str, str]
    event: str | None = None


@dataclass(frozen=True)
class Constant:
    """Give a module's constant another value."""

    target: str
    value: Any


@dataclass(frozen=True)
class Bug:
    """One mistake somebody could make. `name` says it in a few words."""

    name: str
    edits: tuple[Text | Edge | Constant, ...]


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """The bug is in the code for as long as this lasts."""
    with ExitStack() as stack:
        texts: dict[str, list[Text]] = {}
        for edit in bug.edits:
            if isinstance(edit, Text):
                texts.setdefault(edit.target, []).append(edit)
            elif isinstance(edit, Edge):
                stack.enter_context(_edge(edit))
            else:
                stack.enter_context(_constant(edit))
        for target, edits in texts.items():
            stack.enter_context(_changed(target, edits))
        yield


@contextmanager
def _changed(target: str, edits: list[Text]) -> Iterator[None]:
    module_name, path = target.split(":")
    module = importlib.import_module(module_name)
    *owners, name = path.split(".")
    holder = getattr(module, owners[0]) if owners else module
    old = vars(holder)[name]
    source = textwrap.dedent(inspect.getsource(old.fget if isinstance(old, property) else old))
    for edit in edits:
        if source.count(edit.old) != 1:
            raise Stale(f"{target}: {edit.old!r} is there {source.count(edit.old)} times")
        source = source.replace(edit.old, edit.new)
    scope: dict[str, Any] = {}
    exec(compile(source, f"<planted in {target}>", "exec"), module.__dict__, scope)
    with _everywhere(holder, name, old, scope[name]):
        yield


@contextmanager
def _everywhere(holder: Any, name: str, old: Any, new: Any) -> Iterator[None]:
    """Whoever imported the function gets the changed one, tables of functions included."""
    spaces: list[Any] = [
        vars(m) for n, m in sys.modules.items() if n.startswith(("canbao.", "tests.simulation"))
    ]
    spaces += [value for space in spaces for value in list(space.values()) if isinstance(value, dict)]
    places = [(space, key) for space in spaces for key, value in list(space.items()) if value is old]
    if inspect.isclass(holder):
        setattr(holder, name, new)
    for space, key in places:
        space[key] = new
    try:
        yield
    finally:
        if inspect.isclass(holder):
            setattr(holder, name, old)
        for space, key in places:
            space[key] = old


@contextmanager
def _edge(edit: Edge) -> Iterator[None]:
    edges = getattr(states, edit.table).edges
    before = dict(edges)
    if edit.event:
        edges[edit.edge] = edit.event
    elif edges.pop(edit.edge, None) is None:
        raise Stale(f"{edit.table} has no edge {edit.edge}")
    try:
        yield
    finally:
        edges.clear()
        edges.update(before)


@contextmanager
def _constant(edit: Constant) -> Iterator[None]:
    module_name, name = edit.target.split(":")
    module = importlib.import_module(module_name)
    before = getattr(module, name)
    setattr(module, name, edit.value)
    try:
        yield
    finally:
        setattr(module, name, before)
