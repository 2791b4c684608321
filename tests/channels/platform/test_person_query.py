"""1101 against its twin: the true bytes both ways, and every way in which nobody can say yet."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.channels.platform import (
    FeedUnfit,
    Insured,
    NationalPlatform,
    NotAnswered,
    Query,
    read_feed,
    read_keys,
    wire,
)
from tests.sandbox.bench import Bench

NOW = datetime(2024, 11, 5, 2, 0, tzinfo=UTC)
ANNA = Query("01", "140499199210100106", "徐海燕", "140403")


@pytest.fixture
def carried() -> list[httpx.Request]:
    return []


@pytest.fixture
def platform(bench: Bench, bench_home: Path, carried: list[httpx.Request]) -> NationalPlatform:
    def carry(request: httpx.Request) -> httpx.Response:
        carried.append(request)
        answer = bench.send(request.method, request.url.path, request.content)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return NationalPlatform(read_keys(bench_home / "platform.json"), transport=httpx.MockTransport(carry))


def tell(bench: Bench, what: str, **asked: object) -> None:
    sent = bench.send("POST", f"/sandbox/platform/{what}", json.dumps(asked).encode())
    assert sent.status_code == 200, sent.text


def put(bench: Bench, *insured: dict[str, str], **more: object) -> None:
    person = {"certno": ANNA.number, "psn_name": ANNA.name, "insured": insured, **more}
    tell(bench, "persons", persons=[person])


def period(insutype: str, area: str, begun: str, **more: str) -> dict[str, str]:
    return {"insutype": insutype, "insu_admdvs": area, "psn_insu_date": begun, **more}


def test_a_person_is_asked_for_in_the_national_envelope(platform, carried):
    platform.ask(ANNA, NOW)
    told = json.loads(carried[0].content)
    assert carried[0].url.path == "/platform/1101"
    assert (told["infno"], told["insuplc_admdvs"], told["inf_time"]) == (
        "1101",
        "140403",
        "2024-11-05 10:00:00",
    )
    assert len(told["msgid"]) == 12 + 14 + 4
    assert told["input"]["data"] == {
        "mdtrt_cert_type": "02", "mdtrt_cert_no": ANNA.number, "card_sn": "", "begntime": "", "psn_cert_type": "01",
        "certno": ANNA.number, "psn_name": "徐海燕",
    }  # fmt: skip


def test_insured_periods_and_a_death_come_back_as_values(bench, platform):
    put(
        bench,
        period("310", "140200", "2019-03-01"),
        period("390", "341225", "2015-01-01", psn_insu_stas="4", paus_insu_date="2019-02-28"),
        period("510", "140200", "2019-03-01"),  # another insurance: not asked about
        die_date="2024-10-30",
    )
    answer = platform.ask(ANNA, NOW)
    assert answer.insured == (
        Insured("resident", "341225", date(2015, 1, 1), date(2019, 2, 28)),
        Insured("employee", "140200", date(2019, 3, 1), None),
    )
    assert (answer.died_date, answer.as_of) == (date(2024, 10, 30), NOW)


def test_void_periods_and_ended_ones_without_a_day_say_nothing(bench, platform):
    put(bench, period("310", "140200", "2019-03-01", psn_insu_stas="3"), period("390", "341225", "2015-01-01", psn_insu_stas="2"))  # fmt: skip
    assert platform.ask(ANNA, NOW).insured == ()


def test_whom_nobody_spoke_of_is_insured_nowhere(platform):
    answer = platform.ask(ANNA, NOW)
    assert (answer.insured, answer.died_date) == ((), None)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("down", "silent"), ("refuse", "refused"), ("rubbish", "malformed"), ("forged", "malformed"), ("stranger", "malformed")],
)  # fmt: skip
def test_without_a_true_answer_nobody_can_say_yet(bench, platform, fault, reason):
    put(bench, period("310", "140200", "2019-03-01"))
    tell(bench, "behaviour", fault=fault, certno=ANNA.number)
    with pytest.raises(NotAnswered) as met:
        platform.ask(ANNA, NOW)
    assert met.value.reason == reason
    assert ANNA.number not in str(met.value)
    assert len(platform.ask(ANNA, NOW).insured) == 1


def test_after_silence_nobody_waits_for_the_same_silence_again(bench_home):
    tries: list[str] = []

    def lost(request: httpx.Request) -> httpx.Response:
        tries.append(request.url.path)
        raise httpx.ReadTimeout("lost")

    platform = NationalPlatform(read_keys(bench_home / "platform.json"), transport=httpx.MockTransport(lost))
    for at in (NOW, NOW + timedelta(seconds=29), NOW + timedelta(seconds=30)):
        with pytest.raises(NotAnswered, match="silent"):
            platform.ask(ANNA, at)
    assert len(tries) == 2


def test_a_stranger_is_not_heard_by_the_platform(platform):
    platform._keys = replace(platform._keys, key="0" * 64)
    with pytest.raises(NotAnswered):
        platform.ask(ANNA, NOW)


def test_neither_key_nor_number_shows_in_a_repr(platform):
    assert ANNA.number not in repr(ANNA)
    assert platform._keys.key not in repr(platform._keys)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["insutype", "psn_insu_stas", "psn_insu_date", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def reason_of(work: Callable[[], object]) -> str:
    """Why there is no answer; anything but NotAnswered is a fault of ours."""
    try:
        work()
    except NotAnswered as met:
        return met.reason
    return "answered"


@given(st.binary(max_size=60) | JSON.map(lambda told: json.dumps(told).encode()))
def test_any_bytes_are_no_answer_and_nothing_else(body):
    assert reason_of(lambda: wire.output_of("m", body)) in ("malformed", "refused")


@given(insuinfo=JSON, extension=JSON, base=JSON)
def test_any_output_is_an_answer_or_no_answer_and_nothing_else(insuinfo, extension, base):
    mine = {"certno": ANNA.number, "psn_name": ANNA.name, "exp_content": extension}
    for baseinfo in (mine, base):
        output = {"baseinfo": baseinfo, "insuinfo": insuinfo, "respond_time": "2024-11-05 10:00:00"}
        assert reason_of(lambda output=output: wire.answer_of(ANNA, output)) in ("answered", "malformed")


def test_feeds_follow_each_other_and_the_same_is_not_asked_for_every_second(bench, platform, carried):
    put(bench, period("310", "140200", "2019-03-01"))
    tell(bench, "day")
    first = platform.feed(0, NOW)
    assert first is not None
    assert read_feed(first).changes[0].insured == Insured("employee", "140200", date(2019, 3, 1), None)
    assert [platform.feed(1, NOW), platform.feed(1, NOW + timedelta(minutes=9)), len(carried)] == [
        None,
        None,
        2,
    ]
    tell(bench, "day", flaw="count")
    flawed = platform.feed(1, NOW + timedelta(minutes=10))
    with pytest.raises(FeedUnfit, match="count_differs"):
        read_feed(flawed or b"")
    tell(bench, "mend", feed_no=2)
    assert read_feed(platform.feed(1, NOW + timedelta(minutes=20)) or b"").feed_no == 2
