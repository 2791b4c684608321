"""每日变动: keep a daily feed, then take it in a chunk at a time. Stopped anywhere, the next call goes on there.

A feed is refused as a whole: cut off, out of its order, a count that differs. Read twice it changes nothing.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db import IntegrityError
from django.db.models import F

from canbao.basics.documents import normal_name, normal_number
from canbao.basics.refusals import CannotSayYet, FeedRefused
from canbao.channels.platform import Change, Feed, FeedUnfit, NotAnswered, read_feed
from canbao.records.models import PlatformFeed
from canbao.records.people.find import Holder, holders_of
from canbao.records.people.heard.fold import Said
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.platform.hear import death_of, put_down, warm, word_of
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
CHUNK = 500
MOST_DAYS = 31  # in one round: after a month's silence the rest comes in the next
PROBLEMS = {
    "not_a_feed": "文件读不懂，不是每日变动。",
    "count_differs": "人数和明细不一样。",
    "sequence_broken": "第{row}行的行号不连续。",
    "row_unreadable": "第{row}行读不懂。",
    "gap": "前面缺第{missing}号，要先收那一号。",
    "other_content": "第{row}号收过，内容不一样。",
}


@dataclass(frozen=True)
class Taken:
    """One feed, and what came of its rows. `doubtful`: rows whose number is ours under another name."""

    feed_no: int
    rows: int
    taken: int
    strangers: int
    doubtful: tuple[int, ...]


def keep(env: Env, content: bytes) -> PlatformFeed:
    """Keep a feed as it is, sealed. The same again is the one that is kept.

    Raises:
        FeedRefused: it is no whole feed, a number is missing before it, or its number came with other content.
    """
    feed = _read(content)
    digest = hashlib.sha256(content).hexdigest()
    last = PlatformFeed.objects.order_by("feed_no").last()
    if last and feed.feed_no > last.feed_no + 1:
        raise FeedRefused(problem=PROBLEMS["gap"].format(missing=last.feed_no + 1))
    row = PlatformFeed(
        feed_no=feed.feed_no,
        day=feed.day,
        sha256=digest,
        body_sealed=env.sealer.seal_bytes(content, _place(feed.feed_no)),
        row_count=len(feed.changes),
        received_at=env.now,
        received_by=env.actor,
    )
    try:
        kept = in_one_transaction(lambda: _kept(row))
    except IntegrityError:  # another worker kept it in the same moment
        kept = PlatformFeed.objects.get(feed_no=feed.feed_no)
    if kept.sha256 != digest:
        raise FeedRefused(problem=PROBLEMS["other_content"].format(row=feed.feed_no))
    return kept


def take_in(env: Env, feed_no: int, told: Callable[[int], None] = lambda _: None) -> Taken:
    """Take in what is left of a kept feed. `told` hears how many rows each step came to."""
    row = PlatformFeed.objects.get(feed_no=feed_no)
    feed = _read(env.sealer.open_bytes(bytes(row.body_sealed), _place(feed_no)))
    while row.rows_done < row.row_count:
        chunk = feed.changes[row.rows_done : row.rows_done + CHUNK]
        warm(env, len(chunk))
        in_one_transaction(lambda at=row.rows_done, chunk=chunk: _take_chunk(env, feed_no, at, chunk))  # type: ignore[misc]
        row.refresh_from_db()
        told(len(chunk))
    return Taken(feed_no, row.row_count, row.taken_count, row.stranger_count, tuple(row.doubtful_rows))


def listen(env: Env) -> int:
    """One round of the job: finish what is kept, then fetch what has come since. Returns how many rows were taken in.

    A feed that is refused is asked for again later, and holds back those behind it: they change what it says.
    """
    if env.platform is None:
        return 0
    done = sum(take_in(env, feed_no).rows for feed_no in _unfinished())
    try:
        for taken in fetch(env):
            done += taken.rows
    except NotAnswered:
        log.warning("the platform is silent about its daily feed")
    except FeedRefused as refused:
        log.warning("a daily feed is refused: %s", refused.facts["problem"])
    return done


def fetch(env: Env) -> Iterator[Taken]:
    """Take in what has come since the last feed, one by one.

    Raises:
        FeedRefused. CannotSayYet: no platform is connected. NotAnswered: it is silent.
    """
    if env.platform is None:
        raise CannotSayYet
    for _ in range(MOST_DAYS):
        last = PlatformFeed.objects.order_by("feed_no").last()
        content = env.platform.feed(last.feed_no if last else 0, env.now)
        if content is None:
            return
        yield take_in(env, keep(env, content).feed_no)


def feeds(how_many: int = 10) -> list[PlatformFeed]:
    """The newest feeds."""
    return list(PlatformFeed.objects.defer("body_sealed").order_by("-feed_no")[:how_many])


def _unfinished() -> list[int]:
    rows = PlatformFeed.objects.filter(rows_done__lt=F("row_count")).order_by("feed_no")
    return list(rows.values_list("feed_no", flat=True))


def _read(content: bytes) -> Feed:
    try:
        return read_feed(content)
    except FeedUnfit as unfit:
        raise FeedRefused(problem=PROBLEMS[unfit.reason].format(row=unfit.row_no)) from None


def _kept(row: PlatformFeed) -> PlatformFeed:
    there = PlatformFeed.objects.filter(feed_no=row.feed_no).first()
    if there is None:
        row.save(force_insert=True)
    return there or row


def _take_chunk(env: Env, feed_no: int, at: int, chunk: Sequence[Change]) -> None:
    """Take in one chunk and move the mark; whoever finds the mark moved has nothing to do."""
    mine = PlatformFeed.objects.filter(feed_no=feed_no, rows_done=at)
    if not mine.update(rows_done=at + len(chunk)):
        return
    holders = _holders(env, chunk)
    counts: Counter[str] = Counter()
    said: list[Said] = []
    doubtful: list[int] = []
    for change in chunk:
        holder = holders.get(_index(env, change))
        if holder is None:
            counts["strangers"] += 1
        elif normal_name(holder.name) != normal_name(change.name):
            doubtful.append(change.row_no)
        else:
            said.append(_said(holder.id, change))
    journal = env.journal()
    put_down(journal, "feed", said)
    row = PlatformFeed.objects.get(feed_no=feed_no)
    row.taken_count += len(said)
    row.stranger_count += counts["strangers"]
    row.doubtful_rows = [*row.doubtful_rows, *doubtful]
    row.save(update_fields=["taken_count", "stranger_count", "doubtful_rows"])
    journal.write()


def _holders(env: Env, chunk: Sequence[Change]) -> dict[str, Holder]:
    buckets = [env.sealer.bucket(change.id_type, normal_number(change.number)) for change in chunk]
    return holders_of(buckets, [_index(env, change) for change in chunk])


def _index(env: Env, change: Change) -> str:
    return env.sealer.blind_index(change.id_type, normal_number(change.number))


def _said(person_id: int, change: Change) -> Said:
    if change.died_date:
        return Said(person_id, change.as_of, (death_of(person_id, change.died_date, change.as_of),))
    if change.insured is None:
        raise ValueError("a change that says nothing")
    word = word_of(person_id, change.insured, change.as_of)
    words, void = ((word,), ()) if change.holds else ((), (word.key,))
    return Said(person_id, change.as_of, words, void=void)


def _place(feed_no: int) -> str:
    return f"platform_feed:body:{feed_no}"
