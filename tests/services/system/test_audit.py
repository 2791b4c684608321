"""`canbao audit` names the row and the invariant for one planted breach of each kind, and nothing in a sound house."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import connection

from canbao.faces.cli.main import main
from canbao.records.models import (
    Application,
    Approval,
    Attempt,
    Bill,
    Break,
    Callback,
    ChangeRequest,
    ContributionRecord,
    Coverage,
    Declaration,
    Duplicate,
    ElsewhereCover,
    Enrolment,
    Entry,
    Event,
    Feedback,
    HeardFact,
    Identifier,
    Message,
    MessageConsent,
    Order,
    OrderLine,
    OutboxRow,
    Person,
    Refund,
    TaxPayment,
)  # fmt: skip
from canbao.records.system.invariants import invariants
from canbao.services.exchange.receive import receive
from canbao.services.money.pay import start
from canbao.services.system.audit import audit
from tests.services.system.planted_tills import PLANTED_TILLS
from tests.support.world import BACK, World


@dataclass
class House:
    """One paid order with all its rows, and one that is still open."""

    world: World

    def __post_init__(self) -> None:
        self.other = self.world.order(self.world.bill(self.world.person()))
        self.order = self.world.order(self.world.bill(self.world.person()))
        start(self.world.env, self.order, BACK)
        no = f"{self.order.order_no}01"
        headers, body = self.world.channel.callback(self.world.channel.take_money(no))
        receive(self.world.env, "wechat", no, headers, body)

    def paid_bill(self):
        return Bill.objects.get(state="settled")

    def copied(self, model, **changes):
        """A second row like the paid one, in the next bucket."""
        row = model.objects.filter(bucket=self.order.bucket).first()
        for name, value in {"pk": row.pk + 1, "bucket": row.bucket + 1, **changes}.items():
            setattr(row, name, value)
        row.save(force_insert=True)


@pytest.fixture
def house(world: World) -> House:
    return House(world)


@contextmanager
def unguarded(*constraints: str):
    """What the database would refuse, as a restore into half a schema might hold it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        for name in constraints if connection.vendor == "postgresql" else ():
            cursor.execute(f"ALTER TABLE {name.split('_')[0]} DROP CONSTRAINT {name}")
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def unbalanced(house: House) -> None:
    with unguarded("entry_amount_positive"):
        Entry.objects.update(amount_fen=-28_000)


def other_bill_settled_for_the_person(house: House) -> None:
    bill = house.paid_bill()
    Bill.objects.exclude(id=bill.id).update(state="settled", person=bill.person_id, current_slot=None)


def refund_moved(house: House) -> None:
    now = house.world.env.now
    Refund.objects.create(
        id=10_001, refund_no="R1", order_no="1", out_trade_no="1", channel="wechat", paid_fen=1, amount_fen=1, reason="duplicate",
        evidence={}, verdict="due", rules=[], ends_cover=False, payee_kind="payer", route="wechat", state="verified",
        previous_state="applied", applied_at=now, applied_by="clerk",
    )  # fmt: skip


def break_moved(house: House) -> None:
    now = house.world.env.now
    Break.objects.create(
        id=10_001, channel="wechat", day=now.date(), what="payment", number="1", kind="long", occurred_at=now, suggestion="settle",
        found_at=now, state="cured", previous_state="open",
    )  # fmt: skip


def approval_moved(house: House) -> None:
    Approval.objects.create(
        id=10_001, subject="refund", subject_id=10_001, step="approve", content={}, content_hash="0", proposed_by="clerk",
        proposed_at=house.world.env.now, decided_by="supervisor", state="granted", previous_state="open",
    )  # fmt: skip


def application_moved(house: House, state: str = "review", previous: str | None = "draft") -> None:
    Application.objects.create(
        id=10_001, token="0001x", area_code="371503", content_sealed=b"", reasons=[], state=state,
        previous_state=previous, created_at=house.world.env.now,
    )  # fmt: skip


def declaration_moved(house: House) -> None:
    person_id = house.paid_bill().person_id
    Declaration.objects.create(
        id=10_000 + person_id % 10_000, person_id=person_id, benefit_year=2022, word="returning_worker", area_code="371503",
        given_by="self", state="verified", previous_state="declared", declared_at=house.world.env.now,
    )  # fmt: skip


def request_moved(house: House) -> None:
    person = Person.objects.first()
    ChangeRequest.objects.create(
        id=person.bucket + 10_000, person=person, token="t", kind="suspension", area_code="371503", wanted_sealed=b"",
        asked_by="resident", asked_at=house.world.env.now, state="granted", previous_state="open",
    )  # fmt: skip


def duplicate_moved(house: House) -> None:
    person, now = Person.objects.first(), house.world.env.now
    other = ElsewhereCover.objects.create(
        id=person.bucket + 10_000, person=person, scheme="resident", area_code="341202", benefit_year=2022, source="test",
        cover_from_date=now.date(), cover_until_date=now.date() + timedelta(1), heard_at=now,
    )  # fmt: skip
    Duplicate.objects.create(
        id=person.bucket + 10_000, person=person, benefit_year=2022, elsewhere=other, reason="test", rules=[], found_at=now,
        state="decided", previous_state="open",
    )  # fmt: skip


def outbox_row_moved(house: House) -> None:
    bill, now = house.paid_bill(), house.world.env.now
    OutboxRow.objects.create(
        id=20_000 + bill.bucket, target="tax", kind="assessment", action="put", person_id=bill.person_id, subject_id=bill.id,
        turn=1, due_at=now, created_at=now, state="accepted", previous_state="waiting",
    )  # fmt: skip


def told_cover_ended(house: House) -> None:
    bill, now = house.paid_bill(), house.world.env.now
    OutboxRow.objects.create(
        id=20_000 + bill.bucket, target="medical", kind="coverage", action="put", person_id=bill.person_id,
        subject_id=bill.id, turn=1, due_at=now, created_at=now, state="accepted",
    )  # fmt: skip
    Bill.objects.filter(id=bill.id).update(state="refunded")


def heard_fact_moved(house: House) -> None:
    bill, now = house.paid_bill(), house.world.env.now
    HeardFact.objects.create(
        id=20_000 + bill.bucket, person_id=bill.person_id, kind="employee", area_code="371500", from_date=now.date(),
        source="feed", as_of=now, heard_at=now, state="withdrawn", previous_state="holds",
    )  # fmt: skip


def a_consent(house: House, **changes: object) -> MessageConsent:
    bill, now = house.paid_bill(), house.world.env.now
    return MessageConsent.objects.create(
        id=30_000 + bill.bucket, person_id=bill.person_id, benefit_year=bill.benefit_year, way="sms", address_sealed=b"x",
        address_index="x", origin="order", given_by="self", text_version="1", given_at=now,
        **({"state": "active", "active_slot": 1} | changes),
    )  # fmt: skip


def message_moved(house: House) -> None:
    bill, now, consent = house.paid_bill(), house.world.env.now, a_consent(house)
    Message.objects.create(
        id=40_000 + bill.bucket, person_id=bill.person_id, consent=consent, kind="paid", subject_id=bill.id, address_index="x",
        way="sms", area_code=bill.area_code, benefit_year=bill.benefit_year, values={}, due_at=now, created_at=now,
        state="sent", previous_state="waiting",
    )  # fmt: skip


def feedback_moved(house) -> None:
    """Answered, and nobody wrote down who answered."""
    told = {"area_code": "371503", "topic": "other", "code": "", "asked_at": house.world.env.now}
    Feedback.objects.create(
        id=10_001, token="0001" + "f" * 32, state="answered", previous_state="waiting", **told
    )


def tax_payment(house: House, state: str, **changes: object) -> TaxPayment:
    now = house.world.env.now
    return TaxPayment.objects.create(
        id=10_001, tax_receipt_no="3", number="2100010000000001001", portal="e_tax", kind="normal", holder_sealed=b"x",
        agency_code="371503", benefit_year=2022, amount_fen=28_000, paid_at=now, content_hash="x", heard_at=now,
        state=state, **changes,
    )  # fmt: skip


PLANTED = {
    "tax_payment_event": lambda house: tax_payment(house, "settled", previous_state="placed"),
    "tax_parked_in_suspense": lambda house: tax_payment(house, "parked", reason="unknown_person"),
    "tax_settled_is_paid": lambda house: tax_payment(house, "surplus"),
    "tax_in_the_books_was_told": lambda _: Entry.objects.update(reason="parked"),
    "tax_all_placed": lambda house: tax_payment(house, "told"),
    "tax_nothing_parked": lambda house: tax_payment(house, "parked"),
    "application_event": application_moved,
    "declaration_event": declaration_moved,
    "approved_is_registered": lambda house: application_moved(house, "approved", None),
    "change_request_event": request_moved,
    "duplicate_event": duplicate_moved,
    "person_told": lambda _: Person.objects.update(name="别人"),
    "enrolment_told": lambda _: Enrolment.objects.update(person_class="adult"),
    "identifier_told": lambda _: Identifier.objects.update(person_id=1),
    "one_enrolment": lambda house: Person.objects.update(died_date=house.world.env.now.date()),
    "outbox_row_event": outbox_row_moved,
    "heard_fact_event": heard_fact_moved,
    "message_event": message_moved,
    "message_consent_event": lambda house: a_consent(
        house, state="withdrawn", previous_state="active", active_slot=None
    ),
    "feedback_event": feedback_moved,
    "refund_event": refund_moved,
    "break_event": break_moved,
    "approval_event": approval_moved,
    "entry_balances": unbalanced,
    "key_once": lambda house: house.copied(Entry, bill_id=None),
    "entry_has_its_bill": lambda _: Entry.objects.update(bill_id=1),
    "never_more_back_than_paid": lambda house: house.copied(
        Entry, key="refund:1", debit="refunds_payable", credit="channel_clearing:wechat", amount_fen=28_001
    ),
    "bill_paid_once": lambda _: Bill.objects.filter(state="payable").update(state="settled"),
    "shares_booked": lambda _: Entry.objects.update(amount_fen=27_999),
    "nothing_booked_unsettled": lambda _: Bill.objects.filter(state="settled").update(state="payable"),
    "record_for_each": lambda _: ContributionRecord.objects.all().delete(),
    "record_of_a_settled_bill": lambda _: Bill.objects.filter(state="settled").update(state="payable"),
    "one_cover_a_year": lambda house: house.copied(Coverage),
    "cover_has_its_ground": lambda house: Coverage.objects.update(bill_id=house.other.id),
    "settled_is_covered": lambda _: Coverage.objects.all().delete(),
    "one_paid_year": other_bill_settled_for_the_person,
    "area_is_kept": lambda _: ContributionRecord.objects.update(area_code="371502"),
    "paid_is_booked": lambda _: Entry.objects.all().delete(),
    "booked_was_attempted": lambda _: Attempt.objects.all().delete(),
    "order_paid_by_its_attempt": lambda _: Order.objects.filter(state="settled").update(paid_by=None),
    "attempt_pays_its_order": lambda _: Order.objects.filter(state="settled").update(state="expired"),
    "lines_follow_their_order": lambda _: OrderLine.objects.filter(state="settled").update(state="open"),
    "told_only_what_is_kept": lambda _: Attempt.objects.update(state="closed"),
    "told_of_a_refund_that_ended": lambda _: Callback.objects.update(out_trade_no="TF00000000000000000"),
    "amount_is_the_shares": lambda _: Bill.objects.filter(state="settled").update(shares={"person": 27_000}),
    "line_asks_what_the_bill_asks": lambda _: OrderLine.objects.update(amount_fen=1),
    "order_asks_its_lines": lambda _: Order.objects.update(amount_fen=1),
    "attempt_asks_its_order": lambda _: Attempt.objects.update(amount_fen=1),
    "held_bill_is_not_ordered": lambda _: Bill.objects.update(hold_code="E-1022"),
    "pack_is_kept": lambda _: Bill.objects.update(pack_hash="0" * 64),
    "enrolment_event": lambda _: _enrolment_moved(),
    "bill_event": lambda _: Event.objects.filter(name="BillSettled").delete(),
    "order_event": lambda _: Event.objects.filter(name="OrderSettled").delete(),
    "order_line_event": lambda _: Event.objects.filter(name="LineSettled").delete(),
    "attempt_event": lambda _: Event.objects.filter(name="AttemptPaid").delete(),
    "callback_event": lambda _: Event.objects.filter(name="CallbackSettled").delete(),
    "coverage_event": lambda _: Coverage.objects.update(state="cancelled", previous_state="active"),
    "nothing_parked": lambda _: Callback.objects.update(state="parked", reason="amount_differs"),
    "nothing_owed_back": lambda _: Entry.objects.update(
        credit="overpayment:wechat", key="surplus:1", bill_id=None
    ),
    "nothing_waits": lambda _: Callback.objects.update(state="kept"),
    "outcome_known": lambda _: Attempt.objects.update(state="created"),
    "told_cover_stands": told_cover_ended,
    "orders_end": lambda _: None,  # the open order of the house has expired by then
    **{name: lambda house, plant=plant: plant(house.world.env.now) for name, plant in PLANTED_TILLS.items()},
}


def _enrolment_moved() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enrolment SET state = 'suspended', previous_state = 'active', active_slot = NULL"
        )


def test_a_sound_house_has_no_breach(house):
    assert audit(house.world.env.now, at_rest=True) == []


def test_every_invariant_has_a_planted_breach(db):
    assert set(PLANTED) == {one.name for one in invariants()}


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_a_planted_breach_is_named_with_its_row(house, name):
    PLANTED[name](house)
    found = [one for one in audit(house.world.env.now + timedelta(hours=1), at_rest=True) if one.name == name]
    assert found, name
    assert all(breach.row_id and breach.sentence and breach.code.startswith("I") for breach in found)


def test_an_area_asks_only_after_its_own_rows(house):
    Bill.objects.update(pack_hash="0" * 64)
    now = house.world.env.now
    assert {one.name for one in audit(now, area_code="371500")} == {"pack_is_kept"}
    assert audit(now, area_code="371502") == []


def test_what_is_open_is_a_breach_only_at_rest(house):
    Callback.objects.update(state="kept")
    names = {one.name for one in audit(house.world.env.now)}
    assert "nothing_waits" not in names


def test_the_command_names_what_it_finds_and_ends_with_one(house):
    assert CliRunner().invoke(main, ["audit"]).exit_code == 0
    Entry.objects.all().delete()
    told = CliRunner().invoke(main, ["audit", "--json"])
    assert told.exit_code == 1
    answer = json.loads(told.output)
    assert answer["asked"] >= 30
    assert {"I2", "I8"} <= {breach["code"] for breach in answer["breaches"]}
    assert "不符" in CliRunner().invoke(main, ["audit"]).output
