"""The tax side as a channel in this process: it collects, tells, states and gives back, as a test asks it to."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from canbao.basics.days import CHINA, local_date
from canbao.basics.money import yuan_text
from canbao.channels.port import ChannelDown, Movement, RefundFact, RefundRequest, StatementNotReady
from canbao.channels.signed import SharedKey
from canbao.channels.tax.collected import COLUMNS
from canbao.channels.tax.side import TaxCollection

SIGNED = {"X-Signature": "true"}
KEYS = SharedKey("YB01", "key", "http://127.0.0.1:9")


@dataclass
class Taken:
    """One payment at a portal."""

    tax_receipt_no: str
    number: str
    name: str
    amount_fen: int
    year: int
    agency: str
    at: datetime
    kind: str = "1"
    portal: str = "mini_program"


@dataclass
class FakeTaxSide:
    """Fills the port `TaxSide`. A notice is the tax side's when its `X-Signature` says `true`."""

    now: datetime
    name: str = "tax"
    merchant: str = "YB01"
    links_run_out: bool = False
    taken: dict[str, Taken] = field(default_factory=dict)
    refunds: dict[str, RefundFact] = field(default_factory=dict)
    refunded: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    real: TaxCollection = field(default_factory=lambda: TaxCollection(KEYS, lambda: datetime.now(CHINA)))

    def pay(self, number: str, name: str, amount_fen: int, year: int, agency: str, **more) -> Taken:
        """Somebody pays at a portal; nobody is told yet."""
        told = {"at": self.now, **more}
        one = Taken(f"3{len(self.taken):017d}", number, name, amount_fen, year, agency, **told)
        self.taken[one.tax_receipt_no] = one
        return one

    def notice(self, *rows: Taken) -> bytes:
        total = sum(row.amount_fen for row in rows)
        told = {
            "msg_no": "1",
            "row_cnt": len(rows),
            "clct_sumamt": yuan_text(total),
            "data": [self._row(row) for row in rows],
        }
        return json.dumps(told, ensure_ascii=False).encode()

    def day_file(self, day: date) -> bytes:
        rows = [self._row(one) for one in self.taken.values() if local_date(one.at) == day]
        back = [
            self._row(self.taken[self.refunded[no]])
            | {"what": "2", "refd_no": no, "refd_stas": fact.said, "psn_clct_amt": yuan_text(fact.amount_fen)}
            | {"clct_time": fact.accepted_at.isoformat()}
            for no, fact in self.refunds.items()
            if local_date(fact.accepted_at) == day
        ]
        lines = [",".join(row[name] for name in COLUMNS) for row in [*rows, *back]]
        sums = [sum(round(float(row["psn_clct_amt"]) * 100) for row in some) for some in (rows, back)]
        total = ["合计", str(len(lines)), *(yuan_text(fen) for fen in sums)]
        return "\r\n".join([",".join(COLUMNS), *lines, ",".join(total + [""] * 10), ""]).encode()

    def _row(self, one: Taken) -> dict[str, str]:
        return {
            "what": "1", "elec_taxrpt_no": one.tax_receipt_no, "psn_cert_type": "01", "certno": one.number,
            "psn_name": one.name, "insutype": "390", "accrym": f"{one.year}01", "clct_kind": one.kind,
            "psn_clct_amt": yuan_text(one.amount_fen), "optins_no": one.agency,
            "clct_time": one.at.astimezone(CHINA).isoformat(), "chnl": one.portal, "refd_no": "", "refd_stas": "",
        }  # fmt: skip

    def is_told_by_tax(self, headers, body, at) -> bool:
        told = {name.lower(): value for name, value in headers.items()}
        return told.get("x-signature") == "true"

    def fetch_day(self, day: date) -> bytes:
        if self.is_down:
            raise ChannelDown("told to be down")
        if local_date(self.now) <= day:
            raise StatementNotReady
        return self.day_file(day)

    def refund(self, request: RefundRequest) -> RefundFact:
        if self.is_down:
            raise ChannelDown("told to be down")
        made = RefundFact(
            "tax",
            request.refund_no,
            f"TS{request.refund_no}",
            request.amount_fen,
            "paid",
            "SUCCESS",
            self.now,
            self.now,
        )
        assert request.channel_txn_no in self.taken, "it knows its own receipt, not our number"
        self.refunded[request.refund_no] = request.channel_txn_no
        return self.refunds.setdefault(request.refund_no, made)

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        return self.refunds.get(refund_no)

    def close(self, out_trade_no: str) -> bool:
        return True

    def query(self, out_trade_no: str):
        return self.real.query(out_trade_no)

    def fetch_statement(self, day: date) -> bytes:
        raise StatementNotReady

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        return self.real.read_statement(lines, day)
