"""`make bench`: every row that stands here, printed as a table and written to bench/results/."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.p4 import row as p4

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure, print, keep."""
    lines = p4.run()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "p4.json").write_text(json.dumps(lines, ensure_ascii=False, indent=2))
    Console(width=112).print(_table(lines))


def _table(lines: list[dict[str, Any]]) -> Table:
    table = Table(title="Ratios to a reference, same machine, same run")
    for head in ("row", "ours", "reference", "its figure", "ratio", "reach", ""):
        table.add_column(head, justify="left" if head in ("row", "reference") else "right")
    for line in lines:
        reach = line["reach"]
        mark = "" if reach is None else "reached" if line["ratio"] >= reach else "MISSED"
        figures = (
            f"{line['ours']:,.1f}",
            line["reference"],
            f"{line['other']:,.1f}",
            f"{line['ratio']:.2f} ×",
        )
        table.add_row(line["row"], *figures, "" if reach is None else f"≥ {reach} ×", mark)
    return table


if __name__ == "__main__":
    main()
