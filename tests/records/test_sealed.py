"""Sealing: what is sealed opens only in its own place, and what is indexed is found only with the key."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.records.sealed import Keys, SealBroken, Sealer
from tests.support.world import KEYS

SEALER = Sealer(KEYS)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
BUCKET_VECTOR = 1802
INDEX_VECTOR = "1196647bca9a9baa93019df72cc068f2"


@given(st.text(max_size=40))
def test_what_was_sealed_opens_in_its_place(text):
    assert SEALER.open(SEALER.seal(text, "person:number:7"), "person:number:7") == text


def test_a_sealed_value_moved_to_another_row_does_not_open():
    with pytest.raises(SealBroken):
        SEALER.open(SEALER.seal("11010519491231002X", "person:number:7"), "person:number:8")


@given(st.integers(min_value=0, max_value=46), st.integers(min_value=1, max_value=255))
def test_a_changed_byte_breaks_the_seal(place, flip):
    sealed = bytearray(SEALER.seal("11010519491231002X", "p"))
    sealed[place] ^= flip
    with pytest.raises(SealBroken):
        SEALER.open(bytes(sealed), "p")


def test_the_same_number_sealed_twice_looks_different_and_is_found_alike():
    assert SEALER.seal("x", "p") != SEALER.seal("x", "p")
    assert SEALER.blind_index("01", "11010519491231002X") == SEALER.blind_index("01", "11010519491231002X")


def test_another_installation_finds_nothing_with_our_index():
    other = Sealer(Keys(b"a" * 32, b"b" * 32))
    assert other.blind_index("01", "11010519491231002X") != SEALER.blind_index("01", "11010519491231002X")


def test_bucket_and_index_of_a_number_never_change():
    assert SEALER.bucket("01", "11010519491231002X") == BUCKET_VECTOR
    assert SEALER.blind_index("01", "11010519491231002X") == INDEX_VECTOR


def test_a_ticket_opens_until_it_is_too_old():
    ticket = SEALER.seal_ticket({"bill": 120_421}, NOW)
    assert SEALER.open_ticket(ticket, NOW + timedelta(minutes=29), timedelta(minutes=30))["bill"] == 120_421
    with pytest.raises(SealBroken):
        SEALER.open_ticket(ticket, NOW + timedelta(minutes=31), timedelta(minutes=30))


def test_keys_of_less_than_32_bytes_are_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Keys(b"short", b"b" * 32)
