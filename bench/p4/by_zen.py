"""The same rules as a zen-engine decision: two tables and one expression, compiled once, asked for one person."""

import json
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import zen


def _table(name: str, field: str, output: str, rows: list[tuple[str, str]]) -> dict[str, Any]:
    rules = [{"_id": f"{name}{place}", "i": when, "o": then} for place, (when, then) in enumerate(rows)]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": "i", "name": field, "type": "expression", "field": field}],
        "outputs": [{"id": "o", "name": output, "type": "expression", "field": output}],
        "rules": rules,
        "passThrough": True,
        "executionMode": "single",
    }
    return {"id": name, "name": name, "type": "decisionTableNode", "content": content}


HELP = "max([full ? price : 0, fixed ? 24000 : 0, share ? price * 60 / 100 : 0])"
NODES = [
    {"id": "in", "name": "in", "type": "inputNode"},
    _table("prices", "age", "price", [("< 18", "38000"), (">= 60", "30000"), ("", "43000")]),
    _table("waits", "gap", "month", [("0", "1"), ("1", "4"), ("2", "5")]),
    {
        "id": "sum",
        "name": "sum",
        "type": "expressionNode",
        "content": {
            "passThrough": True,
            "expressions": [
                {"id": "h", "key": "helped", "value": HELP},
                {"id": "a", "key": "amount", "value": f"price - {HELP}"},
            ],
        },
    },
    {"id": "out", "name": "out", "type": "outputNode"},
]
ORDER = ("in", "prices", "waits", "sum", "out")


def decision() -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """Facts in, amount and month out."""
    edges = [
        {"id": f"{one}-{other}", "type": "edge", "sourceId": one, "targetId": other}
        for one, other in pairwise(ORDER)
    ]
    compiled = zen.ZenEngine().create_decision(json.dumps({"nodes": NODES, "edges": edges}))

    def ask(facts: Mapping[str, Any]) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = compiled.evaluate(dict(facts))["result"]
        return answer

    return ask
