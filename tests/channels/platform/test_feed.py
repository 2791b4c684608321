"""The daily feed in bytes: wholly read, or refused as a whole."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.channels.platform import FeedUnfit, Insured, read_feed

JOINED = {
    "row_no": 1, "psn_cert_type": "01", "certno": "140499199210100106", "psn_name": "徐海燕", "insutype": "310",
    "psn_insu_stas": "1", "insu_admdvs": "140200", "psn_insu_date": "2024-11-01", "paus_insu_date": "",
    "updt_time": "2024-11-04 16:00:00",
}  # fmt: skip
DIED = {
    "row_no": 2, "psn_cert_type": "01", "certno": "140499197007070136", "psn_name": "马卫东", "die_date": "2024-11-02",
    "updt_time": "2024-11-04 17:00:00",
}  # fmt: skip
WHOLE = {"feed_no": 7, "feed_date": "2024-11-04", "row_cnt": 2, "data": [JOINED, DIED]}


def written(**changes: object) -> bytes:
    return json.dumps(WHOLE | changes, ensure_ascii=False).encode()


def test_a_whole_feed_states_changes_in_their_order():
    feed = read_feed(written())
    joined, died = feed.changes
    assert (feed.feed_no, feed.day) == (7, date(2024, 11, 4))
    assert joined.insured == Insured("employee", "140200", date(2024, 11, 1), None)
    assert (joined.holds, joined.died_date) == (True, None)
    assert (died.died_date, died.insured, died.name) == (date(2024, 11, 2), None, "马卫东")
    assert read_feed(written(row_cnt=0, data=[])).changes == ()


@pytest.mark.parametrize(
    ("changes", "reason", "row"),
    [
        ({"row_cnt": 3}, "count_differs", None),
        ({"data": [JOINED], "row_cnt": 2}, "count_differs", None),
        ({"data": [DIED, JOINED]}, "sequence_broken", 1),
        ({"data": [JOINED, {**DIED, "row_no": 3}]}, "sequence_broken", 2),
        ({"data": [JOINED, {**DIED, "die_date": "前天"}]}, "row_unreadable", 2),
        ({"data": [{**JOINED, "insutype": "510"}, DIED]}, "row_unreadable", 1),
        ({"data": [{**JOINED, "psn_insu_stas": "9"}, DIED]}, "row_unreadable", 1),
        ({"data": [{**JOINED, "certno": ""}, DIED]}, "row_unreadable", 1),
        ({"feed_no": "7"}, "not_a_feed", None),
        ({"data": None}, "not_a_feed", None),
    ],
)
def test_a_feed_with_one_fault_is_refused_as_a_whole(changes, reason, row):
    with pytest.raises(FeedUnfit) as met:
        read_feed(written(**changes))
    assert (met.value.reason, met.value.row_no) == (reason, row)


def test_a_feed_cut_off_anywhere_is_no_feed():
    whole = written()
    for end in range(0, len(whole) - 1, 7):
        with pytest.raises(FeedUnfit):
            read_feed(whole[:end])


@given(
    place=st.integers(0, 1),
    name=st.sampled_from([*JOINED]),
    value=st.none() | st.integers() | st.text(max_size=9),
)
def test_a_changed_value_is_read_or_refused_and_nothing_else(place, name, value):
    rows = [dict(JOINED), dict(DIED)]
    rows[place][name] = value
    try:
        read = [change.row_no for change in read_feed(written(data=rows)).changes]
    except FeedUnfit as unfit:
        read = [unfit.row_no or 0]
    assert read in ([1, 2], [place + 1])
