"""退费 and 对账 as the staff type them: two people, hashes handed over, a refusal with its way out."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.records.models import Entry, Refund
from canbao.services.money.repay import repay
from tests.support.reconciling import DAY, MORNING, a_payment, as_row, asked
from tests.support.trade_bill import Row, trade_bill
from tests.support.world import World, make_world


@pytest.fixture
def world(db, monkeypatch) -> World:
    """阜阳 on 5 October 2020; the commands look at it from the next day."""
    world = make_world(MORNING)
    tomorrow = world.env.at(datetime(2020, 10, 6, 3, 0, tzinfo=UTC))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(tomorrow, actor=actor))
    return world


def say(*words: str, code: int = 0):
    told = CliRunner().invoke(main, [*words, "--json"])
    assert told.exit_code == code, (told.output, told.exception)
    return json.loads(told.output)


def test_a_refund_from_the_counter_to_the_channel(world):
    order_no = a_payment(world).out_trade_no[:-2]
    wish = ("--reason", "duplicate", "--terminated", "2020-10-05")
    refund_no = say("refund", "apply", order_no, *wish, "--as", "甲")["refund_no"]
    digest = say("refund", "verify", refund_no, "--as", "甲")["content_hash"]
    assert say("refund", "approve", refund_no, digest, "--as", "甲", code=1)["refused"] == "E-1029"
    assert say("refund", "approve", refund_no, digest, "--as", "乙")["state"] == "approved"
    repay(wiring.env("job"))
    assert say("refund", "show", refund_no, "--as", "丙")["state"] == "accepted"
    assert say("refund", "pay-out", refund_no, "--proof", "1", "--as", "丙", code=1)["refused"] == "E-1031"


def test_a_refusal_is_told_in_words_and_leaves_nothing(world):
    order_no = a_payment(world).out_trade_no[:-2]
    told = CliRunner().invoke(main, ["refund", "apply", order_no, "--reason", "duplicate", "--as", "甲"])
    assert told.exit_code == 1
    assert "E-1027" in told.output
    assert "终止参保关系的日期" in told.output
    assert not Refund.objects.exists()


def test_a_second_route_through_the_window(world):
    order_no = a_payment(world).out_trade_no[:-2]
    wish = ("--reason", "duplicate", "--terminated", "2020-10-05")
    refund_no = say("refund", "apply", order_no, *wish, "--as", "甲")["refund_no"]
    digest = say("refund", "verify", refund_no, "--as", "甲")["content_hash"]
    say("refund", "approve", refund_no, digest, "--as", "乙")
    repay(wiring.env("job"))
    world.channel.end_refund(refund_no, "CLOSED")
    repay(wiring.env("job").at(datetime(2020, 10, 6, 4, 0, tzinfo=UTC)))
    route = ("--route", "cash", "--payee", "李小兰")
    digest = say("refund", "reroute", refund_no, *route, "--as", "甲")["content_hash"]
    say("refund", "approve-route", refund_no, digest, "--as", "乙")
    assert say("refund", "pay-out", refund_no, "--proof", "收据1", "--as", "丙")["state"] == "paid"


def test_a_day_from_the_file_to_its_closing(world, tmp_path):
    facts = [a_payment(world) for _ in range(2)]
    lost = asked(world)
    world.channel.take_money(lost)
    bill = tmp_path / "bill.csv"
    bill.write_bytes(
        trade_bill([*map(as_row, facts), Row(lost, 28_000, MORNING), Row("STRANGE", 5, MORNING)])
    )
    day = ("--day", str(DAY), "--as")
    assert say("reconcile", "upload", str(bill), *day, "甲")["line_count"] == 4
    assert say("reconcile", "close", *day, "甲", code=1)["refused"] == "E-1033"
    matched = say("reconcile", "match", *day, "甲", code=1)
    assert sorted((row["kind"], row["suggestion"]) for row in matched["list"]) == [
        ("长款", "settle"),
        ("长款", "suspense"),
    ]
    for row in matched["list"]:
        how = ("--how", row["suggestion"], "--because", "查过渠道后台", "--as")
        digest = say("reconcile", "cure", str(row["id"]), *how, "甲")["content_hash"]
        assert say("reconcile", "approve-cure", str(row["id"]), digest, "--as", "乙")["state"] == "cured"
    assert say("reconcile", "match", *day, "甲")["unexplained_fen"] == 0
    digest = say("reconcile", "close", *day, "甲")["content_hash"]
    assert say("reconcile", "approve-close", digest, *day, "乙")["statement_net_fen"] == 84_005
    say("ledger", "trial-balance")


def test_a_statement_is_fetched_and_a_drawer_counted(world):
    world.channel.statements[DAY] = trade_bill([as_row(a_payment(world))])
    assert say("reconcile", "fetch", "--day", str(DAY), "--as", "甲")["paid_fen"] == 28_000
    assert say("reconcile", "count", "0", "--day", str(DAY), "--as", "窗口一")["paid_fen"] == 0
    wrong = CliRunner().invoke(main, ["reconcile", "count", "1.234", "--day", str(DAY), "--as", "窗口一"])
    assert wrong.exit_code == 2


def test_seals_are_written_outside_and_compared(world, tmp_path):
    a_payment(world)
    assert len(say("ledger", "seal", "--to", str(tmp_path))) == 1
    assert say("ledger", "verify", "--from", str(tmp_path)) == {"intact": True}
    Entry.objects.update(amount_fen=1)
    told = say("ledger", "verify", "--from", str(tmp_path), code=1)
    assert (told["what"], told["row_id"]) == ("row_changed", Entry.objects.get().id)
    assert say("ledger", "rebuild", "--check") == []
