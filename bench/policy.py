"""P4: the policy room alone, beside OpenFisca, zen-engine and NumPy by hand (`bench/p4`)."""

from bench.kit.table import Row
from bench.p4.row import run


def measure(scale: float) -> list[Row]:
    """The rows of P4; their size is their own."""
    return [
        Row(
            name=line["row"],
            ours=line["ours"],
            unit="",
            reference=line["reference"],
            theirs=line["other"],
            ratio=line["ratio"],
            reach="" if line["reach"] is None else f"≥ {line['reach']:g}",
            holds=None if line["reach"] is None else line["ratio"] >= line["reach"],
        )
        for line in run()
    ]
