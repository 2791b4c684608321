"""对账单: kept byte for byte before it is read, then read as a stream into lines, whole or not at all."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import date

from canbao.basics.accounts import CASH
from canbao.basics.refusals import ChannelUnavailable, NotFound, StatementRefused
from canbao.channels.port import (
    ChannelDown,
    ChannelRefused,
    PaymentChannel,
    StatementNotReady,
    StatementUnfit,
)
from canbao.records.exchange.matching import sum_lines
from canbao.records.exchange.statement_lines import Line, load_lines
from canbao.records.models import Statement
from canbao.records.transactions import in_one_transaction
from canbao.services.system.env import Env

PROBLEMS = {
    "cut_off": "文件不完整，没有汇总行。",
    "totals_differ": "汇总数和明细加起来不一样。",
    "other_day": "里面有别的日期的交易。",
    "other_merchant": "里面有别的商户的交易。",
    "other_currency": "里面有不是人民币的交易。",
    "no_header": "表头缺列，不是这个渠道的交易账单。",
    "not_an_archive": "不是账单压缩包，或者压缩包坏了。",
    "not_gbk": "有一行文字编码不对。",
    "row_of_wrong_width": "有一行列数不对。",
    "not_an_amount": "有一行金额不对。",
    "not_an_instant": "有一行时间不对。",
    "not_utf8": "有一行不是 UTF-8 文字。",
    "unknown_state": "有一行交易状态不认识。",
    "slip_twice": "同一张凭证出现两次，内容不一样。",
    "more_after_the_totals": "汇总行后面还有内容。",
}


def fetch(env: Env, channel: str, day: date) -> Statement:
    """Ask the channel for the statement of a day, keep it and read it.

    Raises:
        NotFound: no such channel. ChannelUnavailable: no answer. StatementRefused: not made yet, or unfit.
    """
    try:
        body = _port(env, channel).fetch_statement(day)
    except StatementNotReady:
        raise StatementRefused(problem="渠道还没有出这一天的账单，一般第二天上午十点以后才有。") from None
    except (ChannelDown, ChannelRefused):
        raise ChannelUnavailable from None
    return upload(env, channel, day, [body])


def upload(env: Env, channel: str, day: date, pieces: Iterable[bytes]) -> Statement:
    """Keep a file as it came, in pieces however long it is, and read it. The same file again changes nothing.

    Raises:
        NotFound: no such channel. StatementRefused: the file cannot be relied on; it stays, with its fault.
    """
    port = _port(env, channel)
    kept, is_new = _keep(env, channel, day, pieces)
    if is_new or (kept.line_count is None and kept.fault is None):
        _read(env, port, kept)
    if kept.fault:
        where = f"第{kept.fault_line}行。" if kept.fault_line else ""
        raise StatementRefused(problem=PROBLEMS.get(kept.fault, kept.fault) + where)
    return kept


def count_drawer(env: Env, day: date, counted_fen: int) -> Statement:
    """轧账: what the cashiers counted in the drawers at the end of a day stands for the window's statement."""
    told = {"counted_fen": counted_fen, "counted_by": env.actor, "at": env.now.isoformat()}
    kept, _ = _keep(env, CASH, day, [json.dumps(told, sort_keys=True).encode()])
    kept.line_count, kept.paid_fen, kept.refunded_fen = 0, counted_fen, 0
    kept.save(update_fields=["line_count", "paid_fen", "refunded_fen"])
    return kept


def body_of(statement: Statement) -> bytes:
    """The file as it was received."""
    return zlib.decompress(bytes(statement.body), wbits=31)


def _port(env: Env, channel: str) -> PaymentChannel:
    port = env.channels.get(channel)
    if port is None:
        raise NotFound
    return port


def _keep(env: Env, channel: str, day: date, pieces: Iterable[bytes]) -> tuple[Statement, bool]:
    """Store the bytes (packed, since a day may hold a million lines); whether they are new."""
    digest, packer = hashlib.sha256(), zlib.compressobj(level=1, wbits=31)
    packed: list[bytes] = []
    for piece in pieces:
        digest.update(piece)
        packed.append(packer.compress(piece))
    packed.append(packer.flush())
    return Statement.objects.get_or_create(
        channel=channel,
        day=day,
        sha256=digest.hexdigest(),
        defaults={"body": b"".join(packed), "received_at": env.now, "received_by": env.actor},
    )


def _read(env: Env, port: PaymentChannel, kept: Statement) -> None:
    def work() -> None:
        # Two hands on the same file: the first to claim it reads it, the other finds it read.
        if not Statement.objects.filter(id=kept.id, line_count=None).update(line_count=0):
            kept.refresh_from_db(fields=["line_count", "paid_fen", "refunded_fen", "fault", "fault_line"])
            return
        movements: Iterator[Line] = port.read_statement(_lines(bytes(kept.body)), kept.day)
        load_lines(kept.id, movements, lambda how_many: env.serials.take("statement_line", how_many))
        sums = sum_lines(kept.id)
        kept.line_count = sum(n for n, _ in sums.values())
        kept.paid_fen, kept.refunded_fen = (sums.get(what, (0, 0))[1] for what in ("payment", "refund"))
        kept.save(update_fields=["line_count", "paid_fen", "refunded_fen"])

    try:
        in_one_transaction(work)
    except StatementUnfit as unfit:
        kept.line_count = kept.paid_fen = kept.refunded_fen = None
        kept.fault, kept.fault_line = unfit.reason, unfit.line or None
        kept.save(update_fields=["fault", "fault_line"])


def _lines(packed: bytes) -> Iterator[bytes]:
    """The lines of the packed file, a piece at a time."""
    unpacker, rest, at = zlib.decompressobj(wbits=31), b"", 0
    piece = 1 << 18
    while at < len(packed):
        text = rest + unpacker.decompress(packed[at : at + piece])
        at += piece
        *whole, rest = text.split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest
