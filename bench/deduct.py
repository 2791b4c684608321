"""D1: a bank's result file settled a second, nine lines in ten paid, durable commits; beside the core alone (P1).

The reference is `services.money.settle` with the same number of payments in chunks of 500, in the same run: what a file
costs beyond that is reading it, comparing it line by line with what was sent, writing the bank's words, and letting go
what was not paid.
"""

import time
from datetime import date, datetime, timedelta
from pathlib import Path

from bench.kit.crowd import Crowd, analyse
from bench.kit.table import Row, beside, faster
from bench.settle import CHUNKS, fact_of
from canbao.channels.bank import BankFormat, HeldByBank, read_format
from canbao.records.models import DeductionLine
from canbao.services.exchange import deduct
from canbao.services.exchange.deduct import Signing, batch_file, make_batch, receive_result, sign
from canbao.services.money.assess import assess
from canbao.services.money.settle import Arrival, settle
from sandbox.bank.answer import answer
from tests.support.world import CHIPING_YEAR, IN_SEASON, make_world

FORMAT = Path(deduct.__file__).parents[2] / "channels" / "bank" / "banks" / "delimited.yaml"
LINES = 100_000
AT_ONCE = 500
NO_MONEY = "1001"
SIGNED = date(2021, 9, 1)
TAKEN: datetime = IN_SEASON + timedelta(minutes=5)


def measure(scale: float) -> list[Row]:
    """The file's rate, and what making and writing the batch cost beside it."""
    crowd = Crowd(make_world(IN_SEASON))
    crowd.world.env.channels["bank_batch"] = HeldByBank("示范协议")  # type: ignore[index]
    lines, how = int(LINES * scale), read_format(FORMAT)
    made, body = _sent(crowd, how, lines)
    unpaid = DeductionLine.objects.filter(seq__in=range(10, lines + 1, 10)).values_list(
        "out_trade_no", flat=True
    )
    back = answer(FORMAT, body, TAKEN, dict.fromkeys(unpaid, NO_MONEY))
    # The core before and after, on the same full tables: others may be at work on this machine.
    core = [_core(crowd, min(CHUNKS[AT_ONCE][0], lines))]
    began = time.perf_counter()
    told = receive_result(crowd.world.env, how, back)
    rate = lines / (time.perf_counter() - began)
    core.append(_core(crowd, min(CHUNKS[AT_ONCE][0], lines)))
    if (told.paid, told.failed, told.parked) != (lines - lines // 10, lines // 10, 0):
        raise RuntimeError(f"not every line came out as the bank said: {told}")
    if DeductionLine.objects.exclude(code=None).count() != lines:
        raise RuntimeError("the bank's words are not beside every line")
    return [
        faster(
            f"D1 bank result file, {lines:,} lines", rate, "settle alone, chunks of 500", sum(core) / 2, 0.5
        ),
        beside("D1 the batch made and written", lines / made, "/s"),
    ]


def _core(crowd: Crowd, many: int) -> float:
    facts = [fact_of(number) for number in crowd.start_orders(many)]
    began = time.perf_counter()
    for start in range(0, many, AT_ONCE):
        settle(crowd.world.env, [Arrival(fact) for fact in facts[start : start + AT_ONCE]])
    return many / (time.perf_counter() - began)


def _sent(crowd: Crowd, how: BankFormat, lines: int) -> tuple[float, bytes]:
    """Seconds to make and write a batch of so many new people, and its file."""
    env = crowd.world.env
    for start in range(0, lines, AT_ONCE):
        ids = crowd.register(min(AT_ONCE, lines - start))
        assess(env, ids, CHIPING_YEAR)
        sign(
            env,
            [
                Signing(id_, how.bank, f"622200{id_:013d}", "张小满", f"XY{id_}", SIGNED, SIGNED)
                for id_ in ids
            ],
        )
    analyse()
    began = time.perf_counter()
    body = batch_file(env, make_batch(env, how.bank, "B1", "371500", CHIPING_YEAR), how)
    return time.perf_counter() - began, body
