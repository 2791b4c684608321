"""对账: the statement of a day against the ledger, in sets; what differs becomes a break with a suggested cure.

The same match again finds the same breaks. What the other side has on the neighbouring day (日切) is no
break; near midnight it waits for that day's statement and clears itself.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from canbao.basics.accounts import CASH, TAX
from canbao.basics.days import CHINA, ONE_DAY
from canbao.basics.genes import gene_id
from canbao.basics.refusals import ChannelUnavailable, DayNotProved, StatementRefused
from canbao.basics.states import BREAK
from canbao.records import sets
from canbao.records.exchange import matching
from canbao.records.exchange.arrivals import attempts_by_no
from canbao.records.exchange.matching import Span
from canbao.records.exchange.statement_lines import bucket_of_number
from canbao.records.models import Break, Statement
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column, Row
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.statement import fetch
from canbao.services.system.env import Env
from canbao.services.system.limits import Limit, has_room

log = logging.getLogger(__name__)
# A day's statement is made at nine the next morning and may be fetched from ten on.
FETCHED_FROM = time(10, 0)
DAYS_BACK = 3
TRIES = Limit("statement", 1, timedelta(minutes=10))
NEAR_MIDNIGHT = timedelta(hours=1)


@dataclass(frozen=True)
class Matched:
    """One day of one channel. Fen on either side; `theirs_elsewhere`: what the ledger has on a neighbouring day."""

    channel: str
    day: date
    statement_net_fen: int
    ledger_net_fen: int
    beside_fen: int
    theirs_elsewhere_fen: int
    ours_elsewhere_fen: int
    lines: int
    day_cuts: int
    breaks: int

    @property
    def unexplained_fen(self) -> int:
        """What is left between the two sides; 0 proves the day, breaks included."""
        ours = self.ledger_net_fen - self.beside_fen - self.ours_elsewhere_fen + self.theirs_elsewhere_fen
        return self.statement_net_fen - ours


@dataclass
class _Found:
    """What one pass over the differences has collected."""

    breaks: list[Row]
    theirs_elsewhere_fen: int = 0
    ours_elsewhere_fen: int = 0
    day_cuts: int = 0


def match(env: Env, channel: str, day: date) -> Matched:
    """Match a day, and again the neighbours that were waiting for it.

    Raises:
        DayNotProved: there is no statement that could be read.
    """
    matched = _match_day(env, channel, day)
    for neighbour in (day - ONE_DAY, day + ONE_DAY):
        waits = Break.objects.filter(channel=channel, day=neighbour, state="crossing").exists()
        if waits:
            _match_day(env, channel, neighbour)
    return matched


def reconcile_due(env: Env) -> int:
    """The job: from ten in the morning on, fetch and match what is missing of the last days. Returns how many.

    The tax side's file names people, and is taken in by `tax_side`.
    """
    days = days_back(env)
    there = matching.days_stated(days)
    wanted = [(channel, day) for channel in sorted(env.channels) if channel != TAX for day in days]
    return sum(_reconcile(env, *one) for one in wanted if one not in there)


def days_back(env: Env) -> list[date]:
    """The last days whose statements should be there by now, the newest first."""
    local = env.now.astimezone(CHINA)
    latest = local.date() - (ONE_DAY if local.time() >= FETCHED_FROM else 2 * ONE_DAY)
    return [latest - back * ONE_DAY for back in range(DAYS_BACK)]


def _reconcile(env: Env, channel: str, day: date) -> bool:
    if not has_room(env, TRIES, f"{channel}|{day}"):
        return False
    try:
        fetch(env, channel, day)
        match(env, channel, day)
    except (StatementRefused, ChannelUnavailable) as refused:
        log.info("no statement of %s for %s yet: %s", channel, day, refused.facts)
        return False
    return True


def list_breaks(env: Env, channel: str, day: date) -> list[Break]:
    """The breaks of a day that are neither cured nor cleared."""
    return matching.live_breaks(channel, day)


def day_span(day: date) -> Span:
    """A bank day: from midnight to midnight in China, whatever area the payers are from."""
    start = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    return Span(start, start + ONE_DAY, start - ONE_DAY, start + 2 * ONE_DAY)


def _match_day(env: Env, channel: str, day: date) -> Matched:
    statement = matching.newest_statement(channel, day)
    if statement is None:
        raise DayNotProved(problem=f"还没有{day}的对账单。")
    env.serials.warm({"break": 1, "event": 1})
    return in_one_transaction(lambda: _compare(env, statement))


def _compare(env: Env, statement: Statement) -> Matched:
    channel, day, span = statement.channel, statement.day, day_span(statement.day)
    moved = matching.movement(channel, span)
    net = (statement.paid_fen or 0) - (statement.refunded_fen or 0)
    if channel == CASH:
        found = _drawer(statement, net - moved["net"], span)
    else:
        found = _differences(env, statement, span)
    journal = env.journal()
    _put(env, journal, statement, found.breaks)
    _clear(journal, channel, day, found.breaks)
    journal.write()
    return Matched(
        channel=channel,
        day=day,
        statement_net_fen=net,
        ledger_net_fen=moved["net"],
        beside_fen=0 if channel == CASH else moved["beside"],
        theirs_elsewhere_fen=found.theirs_elsewhere_fen,
        ours_elsewhere_fen=found.ours_elsewhere_fen,
        lines=statement.line_count or 0,
        day_cuts=found.day_cuts,
        breaks=len(matching.live_breaks(channel, day)),
    )


def _drawer(statement: Statement, over_fen: int, span: Span) -> _Found:
    if not over_fen:
        return _Found([])
    kind = "over" if over_fen > 0 else "short"
    evening = span.day_until - timedelta(seconds=1)  # it belongs to its day, whenever the drawer was counted
    row = _break_row("drawer", f"drawer:{statement.id}", kind, evening, "suspense")
    counted = statement.paid_fen or 0
    return _Found([row | {"theirs_fen": counted, "ours_fen": counted - over_fen}])


def _differences(env: Env, statement: Statement, span: Span) -> _Found:
    found = _Found([])
    short: list[Row] = []
    for row in matching.differences(statement.channel, statement.id, span):
        if row["theirs"] is None:
            short.append(row)
        elif row["ours"] is None:
            found.breaks.append(_side(row, "over"))
        else:
            if row["elsewhere"]:  # both have it, on two days
                found.day_cuts += 1
                found.theirs_elsewhere_fen += row["ours"] if row["what"] == "payment" else -row["ours"]
            if row["theirs"] != row["ours"]:
                found.breaks.append(_side(row, "amount"))
    _sort_out(found, short, statement, span)
    for row in matching.refund_states(statement.id):
        told = row | {"what": "refund", "theirs": row["amount_fen"], "ours": row["amount_fen"]}
        found.breaks.append(_side(told, "state"))
    _suggest(found.breaks)
    return found


def _sort_out(found: _Found, short: Sequence[Row], statement: Statement, span: Span) -> None:
    """What the ledger has and this statement lacks: on a neighbour's statement, waiting for one, or missing."""
    near = {day: matching.newest_statement(statement.channel, day) for day in _neighbours(statement.day)}
    there = matching.lines_elsewhere(
        [row.id for row in near.values() if row], [row["number"] for row in short]
    )
    for row in short:
        at = sets.as_instant(row["at"]) or span.day_from
        if row["number"] in there:
            found.day_cuts += 1
            found.ours_elsewhere_fen += row["ours"] if row["what"] == "payment" else -row["ours"]
            continue
        late, early = at >= span.day_until - NEAR_MIDNIGHT, at < span.day_from + NEAR_MIDNIGHT
        before, after = near[statement.day - ONE_DAY], near[statement.day + ONE_DAY]
        waits = (late and after is None) or (early and before is None)
        found.breaks.append(
            _side(row, "short") | ({"state": "crossing", "suggestion": "wait"} if waits else {})
        )


def _neighbours(day: date) -> tuple[date, date]:
    return day - ONE_DAY, day + ONE_DAY


def _side(row: Row, kind: str) -> Row:
    at = sets.as_instant(row["at"])
    if at is None:
        raise ValueError("a movement without an instant")
    suggestion = {"over": "suspense", "short": "suspense", "amount": "suspense", "state": "ask"}[kind]
    made = _break_row(row["what"], row["number"], kind, at, suggestion)
    return made | {"theirs_fen": row["theirs"], "ours_fen": row["ours"], "channel_no": row["channel_no"]}


def _break_row(what: str, number: str, kind: str, at: datetime, suggestion: str) -> Row:
    return {
        "what": what, "number": number, "kind": kind, "occurred_at": at, "suggestion": suggestion, "state": "open",
        "theirs_fen": None, "ours_fen": None, "channel_no": None,
    }  # fmt: skip


def _suggest(breaks: Sequence[Row]) -> None:
    """Where our own attempt or refund is known, the cure is to settle it, or to ask after it."""
    over = [row for row in breaks if row["kind"] == "over"]
    payments = [row["number"] for row in over if row["what"] == "payment"]
    known = attempts_by_no([(bucket_of_number(no), no) for no in payments])
    for row in over:
        attempt = known.get(row["number"])
        if attempt and attempt["amount_fen"] == row["theirs_fen"]:
            row["suggestion"] = "settle"
        elif row["what"] == "refund" and row["number"].startswith("TF"):
            row["suggestion"] = "ask"


def _put(env: Env, journal: Journal, statement: Statement, breaks: Sequence[Row]) -> None:
    if not breaks:
        return
    buckets = [bucket_of_number(row["number"]) for row in breaks]
    serials = env.serials.take("break", len(breaks))
    for row, bucket, serial in zip(breaks, buckets, serials, strict=True):
        row |= {
            "id": gene_id(serial, bucket),
            "bucket": bucket,
            "channel": statement.channel,
            "day": statement.day,
            "found_at": env.now,
        }
    for made in matching.insert_breaks(breaks):
        journal.note("break", made["id"], "BreakFound", {"state": made["state"]})


def _clear(journal: Journal, channel: str, day: date, breaks: Sequence[Row]) -> None:
    """Close what is found no more, and open what waited in vain."""
    now = {(row["what"], row["number"], row["kind"]): row["state"] for row in breaks}
    live = matching.live_breaks(channel, day)
    gone = [row for row in live if (row.what, row.number, row.kind) not in now]
    missing = [
        row for row in live if row.state == "crossing" and now.get((row.what, row.number, row.kind)) == "open"
    ]
    at = Column("instant", [journal.at] * len(gone))
    claim(journal, Claim(BREAK, "cleared", _keys(gone), assign={"cleared_at": at}))
    claim(journal, Claim(BREAK, "open", _keys(missing)))


def _keys(rows: Sequence[Break]) -> dict[str, Column]:
    return {
        "bucket": Column("int", [row.bucket for row in rows]),
        "id": Column("int", [row.id for row in rows]),
    }
