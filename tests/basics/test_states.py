"""State tables: only drawn edges are walked, and each writes its own event."""

from itertools import product

import pytest

from canbao.basics.states import ALL_TABLES, ATTEMPT, BILL, COVERAGE, ORDER, ForbiddenMove, StateTable

BY_NOUN = pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.noun)


@BY_NOUN
def test_every_pair_of_states_is_an_edge_with_an_event_or_forbidden(table: StateTable) -> None:
    for old, new in product(table.states, repeat=2):
        if (old, new) in table.edges:
            assert table.event(old, new).isalpha()
        else:
            with pytest.raises(ForbiddenMove, match=f"{table.noun}: {old} → {new}"):
                table.event(old, new)


@BY_NOUN
def test_the_claim_of_a_state_names_exactly_the_states_before_it(table: StateTable) -> None:
    claimed = {(old, new) for new in table.states for old in table.from_states(new)}

    assert claimed == set(table.edges)


@BY_NOUN
def test_no_state_leads_to_itself(table: StateTable) -> None:
    assert [old for old, new in table.edges if old == new] == []


def test_money_that_comes_late_still_arrives_under_its_own_name() -> None:
    assert {ORDER.event(old, "paid") for old in ("expired", "cancelled")} == {"LatePaymentReceived"}
    assert {ATTEMPT.event(old, "paid") for old in ("failed", "closed")} == {"LatePaymentReceived"}
    assert ORDER.event("open", "paid") == "OrderPaid"


def test_a_bill_that_waits_for_its_figure_cannot_be_paid() -> None:
    with pytest.raises(ForbiddenMove):
        BILL.event("deferred", "settled")


def test_nothing_leaves_a_final_state() -> None:
    assert [state for state in sorted(BILL.states) if BILL.is_final(state)] == ["refunded", "superseded"]
    assert [state for state in sorted(ORDER.states) if ORDER.is_final(state)] == ["settled"]
    assert not any(COVERAGE.is_final(state) for state in COVERAGE.states)
