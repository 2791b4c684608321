"""An authority's word on every row it was ever told: said once it stands, and rows may be lost, unsaid or repeated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.plans import Plans
from sandbox.store import Store

# What a row may be planned to meet, besides `refuse:` and words: lost (not decided, not answered) · unsaid (decided,
# not answered) · repeated (answered twice, the second time otherwise) · foreign (answered with a row nobody sent)
ROW_FATES = ("lost", "unsaid", "repeated", "foreign")
Word = tuple[int, str]
TAKEN: Word = (0, "")
Told = Mapping[str, Any]


@dataclass(frozen=True)
class Words:
    """The words of one authority. `judge` decides a row that was never told before."""

    store: Store
    plans: Plans
    table: str
    judge: Callable[[Told], Word]

    def __post_init__(self) -> None:
        self.store.build(
            f"CREATE TABLE IF NOT EXISTS {self.table} "
            "(rid TEXT PRIMARY KEY, infcode INTEGER NOT NULL, err_msg TEXT NOT NULL);"
        )

    def on(self, rows: Sequence[Told]) -> list[dict[str, Any]]:
        """Decide every row, and answer as far as nothing else is planned."""
        answers: list[dict[str, Any]] = []
        for row in rows:
            fate = self.plans.take("row", str(row.get("certno", ""))) or ""
            if fate == "lost":
                continue
            code, words = self._word(row, fate)
            answer = {"rid": row.get("rid"), "infcode": code, "err_msg": words}
            if fate != "unsaid":
                answers.append(answer)
            if fate == "repeated":
                answers.append(answer | {"infcode": 1 - code, "err_msg": "重复"})
            if fate == "foreign":
                answers.append(answer | {"rid": "1"})
        return answers

    def _word(self, row: Told, fate: str) -> Word:
        said = self.store.one(f"SELECT * FROM {self.table} WHERE rid = ?", row.get("rid"))
        if said is not None:
            return said["infcode"], said["err_msg"]
        word = (1, fate.removeprefix("refuse:")) if fate.startswith("refuse:") else self.judge(row)
        self.store.add(self.table, rid=row.get("rid"), infcode=word[0], err_msg=word[1])
        return word


def refused_batch(told: Told) -> str | None:
    """Why a batch is refused as a whole; None: its rows are looked at."""
    rows = told.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return "报文格式错误"
    try:
        total = sum((_signed(row) for row in rows), Decimal(0))
    except (KeyError, InvalidOperation):
        return "金额格式错误"
    if told.get("row_cnt") != len(rows):
        return "笔数不符"
    return None if f"{total:.2f}" == told.get("clct_sumamt") else "总金额不符"


def _signed(row: Told) -> Decimal:
    amount = Decimal(row.get("psn_clct_amt", "0"))
    return -amount if row["send_flag"] == "0" else amount
