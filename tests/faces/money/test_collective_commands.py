"""集中代收 and drawers as agents and clerks type them: plain Chinese, exit codes, every refusal with its way out."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.records.models import Bill, CollectionOrder, Coverage
from canbao.services.money.settle import Arrival, settle
from tests.services.money.collective.conftest import UNIT, Village
from tests.support.world import IN_SEASON, make_world


@pytest.fixture
def village(db, monkeypatch) -> Village:
    world = make_world(IN_SEASON)
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return Village(world)


def say(*words: str, code: int = 0, name: str = "甲") -> str:
    told = CliRunner().invoke(main, [*words, "--as", name])
    assert told.exit_code == code, (told.output, told.exception)
    return told.output


def asked(*words: str, code: int = 0, name: str = "甲"):
    return json.loads(say(*words, "--json", code=code, name=name))


def test_a_list_is_read_tried_opened_and_paid_by_one_code(village, tmp_path):
    file, wrong, picture = tmp_path / "名单.csv", tmp_path / "改错.xlsx", tmp_path / "码.svg"
    file.write_bytes(village.list_of(village.people(3), ("张小满", "37150320120416")))
    id_ = str(asked("collective", "read", str(file), "--unit", UNIT)["collection_id"])
    tried = say("collective", "check", id_, "--by", "wechat", "--errors", str(wrong), code=1)
    assert "行 5" in tried
    assert "身份证号码不是18位" in tried
    assert wrong.exists()
    opened = say("collective", "open", id_, "--by", "wechat")
    assert "待付款" in opened
    assert "840.00" in opened
    code = asked("collective", "code", id_, "--by", "wechat", "--to", str(picture))
    assert code["page"].endswith(f"/c/{CollectionOrder.objects.get().page_token}/")
    assert picture.read_bytes().startswith(b"<?xml")
    settle(village.world.env, [Arrival(village.world.channel.take_money(f"{code['order_no']}01"))])
    assert "已缴（人）: 3" in say("collective", "show", id_)


def test_a_code_in_the_terminal_is_drawn_and_without_an_order_refused(village):
    village.people(2)
    id_ = str(asked("collective", "read", "--unit", UNIT)["collection_id"])
    assert "E-1031" in say("collective", "code", id_, "--by", "wechat", code=1)
    say("collective", "open", id_, "--by", "wechat")
    assert "█" in say("collective", "code", id_, "--by", "wechat")
    assert "E-1023" in say("collective", "code", id_, "--by", "alipay", code=1)
    assert "已取消" in say("collective", "cancel", id_)
    assert "E-1100" in say("collective", "read", "--unit", "0", code=1)
    assert "E-1104" in say("collective", "show", "999", code=1)


def test_a_clerks_day_from_opening_to_hand_in(village):
    one, two = (village.number(id_) for id_ in village.people(2))
    assert "E-1031" in say("drawer", "show", code=1)
    assert "开着" in say("drawer", "open", "--place", "一号窗", "--float", "200")
    assert "E-1031" in say("drawer", "open", "--place", "一号窗", code=1)
    take = ("drawer", "take", "000001", "--who", one, "--area", "371503", "--amount")
    assert "不一样" in say(*take, "300", code=1)
    assert "已收" in say(*take, "280")
    assert "没有再记" in say(*take, "280")
    assert "E-1005" in say(
        "drawer", "take", "000002", "--who", one, "--area", "371503", "--amount", "280", code=1
    )
    say("drawer", "take", "000003", "--who", two, "--area", "371503", "--amount", "280")
    shown = say("drawer", "show")
    assert "应有现金: 760.00" in shown
    assert "E-1036" in say("drawer", "close", "--counted", "755", code=1)
    put = asked("drawer", "close", "--counted", "755", "--why", "找零找错")
    shift = put["next"].split()[3]
    assert "E-1029" in say("drawer", "agree", shift, put["hash"], code=1)
    assert "已轧账" in say("drawer", "agree", shift, put["hash"], name="乙")
    assert "应解缴 555.00" in say("drawer", "holding")
    assert "E-1100" in say("drawer", "hand-in", "JK-1", "--amount", "560", code=1)
    assert "缴款单号: JK-1" in say("drawer", "hand-in", "JK-1", "--amount", "555")
    assert "555.00" in say("drawer", "day", "2021-11-10")
    assert Coverage.objects.count() == 2


def test_an_agents_receipts_are_uploaded_again_and_again(village, tmp_path):
    numbers = [village.number(id_) for id_ in village.people(2)]
    file = tmp_path / "收据.csv"
    rows = [f"A{n},{no},280,2021-11-10 09:0{n}" for n, no in enumerate(numbers)] + [
        "A9,371503201204160011,280,"
    ]
    file.write_text("收据号,身份证号,金额,收款时间\n" + "\n".join(rows), "utf-8")
    say("drawer", "open", "--place", "城关村", "--agent", "王会计")
    upload = ("drawer", "upload", str(file), "--area", "371503", "--agent", "王会计")
    assert [row["state"] for row in asked(*upload, code=1)["receipts"]] == [
        "已收",
        "已收",
        "没有收，钱要退回",
    ]
    assert [row["state"] for row in asked(*upload, code=1)["receipts"]][:2] == ["收过了，没有再记"] * 2
    assert Bill.objects.filter(state="settled").count() == 2


def test_a_receipt_goes_back_through_two_people(village):
    (one,) = (village.number(id_) for id_ in village.people(1))
    say("drawer", "open", "--place", "一号窗")
    say("drawer", "take", "1", "--who", one, "--area", "371503", "--amount", "280")
    told = asked("drawer", "give-back", "1", "--why", "收错了人")["refunds"][0]
    say("refund", "approve", told["refund_no"], told["hash"], name="乙")
    assert "应有现金: 0.00" in say("drawer", "pay-back", told["refund_no"], "--proof", "退-1")
    assert Bill.objects.get().state == "refunded"


def test_money_of_a_collective_is_declared_at_the_hall_alone(village):
    village.people(2)
    id_ = str(asked("collective", "read", "--unit", UNIT)["collection_id"])
    assert "E-1023" in say("collective", "declare", id_, "--where", "wechat", "--per-person", "100", code=1)
    assert "没有写村集体补助" in say(
        "collective", "declare", id_, "--where", "cash", "--per-person", "100", code=1
    )


def test_cards_are_taken_at_the_hall_and_on_the_road_without_a_shift(village):
    for number, more in zip(
        (village.number(id_) for id_ in village.people(2)), ((), ("--mobile",)), strict=True
    ):
        who = ("--who", number, "--area", "371503", "--amount", "280", "--terminal", "88010001")
        assert "已收" in say("drawer", "take", "000123", *who, *more)
        assert "没有再记" in say("drawer", "take", "000123", *who, *more)


def test_wrong_usage_is_told_as_such(village):
    say("drawer", "take", "1", "--amount", "280", code=2)
    say("drawer", "take", "1", "--collection", "1", "--amount", "二百", code=2)
