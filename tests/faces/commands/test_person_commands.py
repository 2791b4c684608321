"""One person's record as the staff type it: tried dry first, done with a reason, refused in words."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.records.models import Enrolment, Event, Person
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.people.changes.request import Wish, ask
from tests.support.people.asked import number_of
from tests.support.world import CHIPING, IN_SEASON, World, make_world

GROUND = ("--why", "本人到窗口", "--evidence", "卷-0007", "--as", "甲")


@pytest.fixture
def world(db, monkeypatch) -> World:
    world = make_world(IN_SEASON)
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return world


def say(*words: str, code: int = 0) -> str:
    told = CliRunner().invoke(main, list(words))
    assert told.exit_code == code, (told.output, told.exception)
    return told.output


def told(*words: str, code: int = 0) -> dict[str, object]:
    answer: dict[str, object] = json.loads(say(*words, "--json", code=code))
    return answer


def test_a_person_is_corrected_by_number_and_shown_with_everything_that_happened(world):
    person_id = world.person()
    number = number_of(world, person_id)
    said = say("person", "correct", number, "--name", "张满", *GROUND)
    assert "姓名: 张满" in said
    assert "税务" in said

    shown = say("person", "show", number, "--as", "甲")
    assert "更正姓名或号码" in shown
    assert "卷-0007" in shown
    assert "staff:甲" in shown
    assert number not in shown, "a number is masked on the screen too"


def test_trying_dry_says_what_would_happen_and_writes_nothing(world):
    person_id = world.person()
    take_over(world.env, [PastYear(person_id, 2021, CHIPING, "student", None)])
    events = Event.objects.count()
    said = say("person", "suspend", str(person_id), "--reason", "school_elsewhere", "--dry-run", *GROUND)
    assert "待遇到: 2021-12-31" in said
    assert "异地就医备案" in said
    assert "没有写入" in said
    assert (Enrolment.objects.get().state, Event.objects.count()) == ("active", events)


def test_every_step_of_a_life_is_a_command(world):
    person_id = str(world.person())
    say("person", "class", person_id, "minor", *GROUND)
    say("person", "move", person_id, "371502", *GROUND)
    say("person", "suspend", person_id, "--reason", "other_area", *GROUND)
    say("person", "resume", person_id, *GROUND)
    move = ("person", "transfer", person_id, "450202", "--class", "student", "--from", "2021-11-11", *GROUND)
    refused = told(*move, code=1)
    assert refused["refused"] == "E-1008"
    say("person", "suspend", person_id, "--reason", "other_area", *GROUND)
    say(*move)
    say("person", "death", person_id, "--on", "2021-11-10", *GROUND)
    assert {row.state for row in Enrolment.objects.all()} == {"terminated"}
    assert told("person", "resume", person_id, *GROUND, code=1)["refused"] == "E-1053"


def test_two_records_are_merged_and_parted_by_command(world):
    kept, given_up = world.person(), world.person()
    assert told("person", "show", str(kept), "--as", "甲")["alike"] == [given_up]
    say("person", "merge", str(given_up), "--into", number_of(world, kept), *GROUND)
    assert "已并到" in say("person", "show", str(given_up), "--as", "甲")
    say("person", "unmerge", str(given_up), *GROUND)
    assert not Person.objects.exclude(merged_into_id=None).exists()


def test_a_request_is_listed_granted_or_refused(world):
    person_id = world.person()
    ask(world.env, Wish(person_id, "correction", {"name": "张满"}))
    (row,) = told("request", "list", "--as", "甲")["waiting"]
    assert row["wanted"] == "张满"
    say("request", "grant", str(row["request_id"]), *GROUND)
    assert Person.objects.get().name == "张满"
    assert (
        told("request", "refuse", str(row["request_id"]), "--why", "没带证件", "--as", "甲", code=1)[
            "refused"
        ]
        == "E-1031"
    )


def test_a_refusal_is_tried_dry_first_and_keeps_its_papers(world):
    person_id = world.person()
    made = ask(world.env, Wish(person_id, "correction", {"name": "张满"}))
    step = ("request", "refuse", str(made.id), *GROUND)
    say(*step, "--dry-run")
    made.refresh_from_db()
    assert made.state == "open"
    say(*step)
    made.refresh_from_db()
    assert made.state == "refused"
    assert Event.objects.get(name="RequestRefused").details["evidence"] == "卷-0007"


def test_a_filing_is_ended_dry_first_and_keeps_its_papers(world):
    person_id = world.person()
    made = ask(
        world.env,
        Wish(
            person_id,
            "care_filing",
            {"reason": "work"},
            place="上海市",
            from_date=world.env.local_date(CHIPING),
        ),
    )
    say("request", "grant", str(made.id), *GROUND)
    step = ("request", "end", str(made.id), *GROUND)
    say(*step, "--dry-run")
    made.refresh_from_db()
    assert made.state == "granted"
    say(*step)
    made.refresh_from_db()
    assert made.state == "ended"
    assert Event.objects.get(name="FilingEnded").details["evidence"] == "卷-0007"


def test_a_duplicate_is_heard_listed_and_decided(world):
    person_id = world.person()
    take_over(world.env, [PastYear(person_id, 2022, CHIPING, "student", None)])
    days = ("--from", "2022-01-01", "--until", "2023-01-01", "--school")
    heard = (
        "duplicate",
        "hear",
        str(person_id),
        "--scheme",
        "resident",
        "--area",
        "341202",
        "--year",
        "2022",
        *days,
    )
    (id_,) = told(*heard, "--as", "甲")["duplicates"]
    assert "按规定留 另一份" in say("duplicate", "list", "--as", "甲")
    assert "留下: 另一份" in say("duplicate", "decide", str(id_), "--keep", "theirs", *GROUND)


@pytest.mark.parametrize("who", ["371599201204169999", "99999", "无名"])
def test_nobody_found_is_said_plainly(world, who):
    assert told("person", "show", who, "--as", "甲", code=1)["refused"] == "E-1104"


def test_a_reason_is_not_optional(world):
    assert "--why" in say("person", "resume", str(world.person()), "--as", "甲", code=2)


def test_joining_the_employee_scheme_is_read_out_first_and_then_done(world):
    person_id = str(world.person())
    step = ("person", "employed", person_id, "--area", "371500", "--from", "2021-11-01", *GROUND)
    said = say(*step, "--dry-run")
    assert "2021年11月1日起终止" in said
    assert "重新办参保登记" in said
    assert Enrolment.objects.get().state == "active"
    assert told(*step)["ended"] == 1
    assert told(*step, code=1)["refused"] == "E-1053"
    assert "职工医保" in say("platform", "show", person_id, "--as", "甲")


def test_a_registration_is_rebuilt_from_what_happened(world):
    person_id, other = world.person(), world.person()
    say("person", "suspend", str(person_id), "--reason", "other", *GROUND)
    step = ("person", "rebuild", str(person_id), "--as", "甲")
    assert "和经过一致" in say(*step)
    Person.objects.update(name="别人", number_sealed=b"x")
    Enrolment.objects.filter(person=person_id).update(ended_date=None)
    wrong = told(*step, code=1)["wrong"]
    assert {(row["noun"], row["column"]) for row in wrong} == {
        ("人员", "name"), ("人员", "number_sealed"), ("参保登记", "ended_date"),
    }  # fmt: skip
    assert [row for row in wrong if "stored" in row and row["column"] == "number_sealed"] == []
    assert "张小满" in say(*step, code=1)
    assert "已按经过改正" in say(*step, "--fix")
    assert "和经过一致" in say(*step)
    assert len(number_of(world, person_id)) == 18
    assert told("person", "rebuild", str(other), "--as", "甲", code=1)["done"] == "和经过不一致"
