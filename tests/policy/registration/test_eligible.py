"""参保登记 by the packs: what a notice forbids is refused, what it leaves open is for a person to look at."""

from datetime import date

import pytest

from canbao.basics.refusals import InEmployeeScheme, RegisteredByDepartment
from canbao.policy.registration.declared import cohort_words
from canbao.policy.registration.eligible import Applicant, department_groups, eligible, grounds
from canbao.policy.situation import Mark, Situation
from tests.policy.shelf import a_pack

FUYANG, LIUZHOU, CHIPING, CHANGZHI = (
    a_pack("341200", 2021),
    a_pack("450200", 2023),
    a_pack("371503", 2022),
    a_pack("140400", 2025),
)
ON = date(2020, 10, 9)


def person(class_: str = "adult", born: date = date(1980, 1, 1), **more: object) -> Situation:
    return Situation(person_class=class_, birth_date=born, **more)  # type: ignore[arg-type]


def test_a_local_of_fuyang_is_approved_by_the_machine() -> None:
    """FY-01, FY-30."""
    assert eligible(FUYANG, Applicant(person(), "hukou"), ON).outcome == "automatic"


@pytest.mark.parametrize(
    ("applicant", "why"),
    [
        (Applicant(person(), "residence_permit"), "居住证"),  # FY-01: it must be valid
        (Applicant(person(), "other"), "通告没有写"),
        (Applicant(person("student", date(2010, 1, 1)), "students"), "户籍地参保"),  # FY-10, 原则上
        (Applicant(person("newborn", date(2020, 9, 1)), "hukou", has_final_number=False), "出生医学证明"),
        (Applicant(person(declarations=("returning_worker",)), "hukou"), "春节返乡"),  # FY-04
    ],
)
def test_what_wants_eyes_waits_for_them(applicant: Applicant, why: str) -> None:
    verdict = eligible(FUYANG, applicant, ON)

    assert verdict.outcome == "review"
    assert len(verdict.reasons) == 1
    assert why in verdict.reasons[0]


def test_a_university_student_belongs_to_the_school_place() -> None:
    """FY-10: 大中专 at the school place, so nothing is left to look at."""
    student = person("university_student", date(2000, 1, 1))

    assert eligible(FUYANG, Applicant(student, "students"), ON).outcome == "automatic"


@pytest.mark.parametrize("area", [LIUZHOU, CHIPING, CHANGZHI], ids=lambda area: area.name)
def test_where_no_notice_lets_a_machine_approve_somebody_looks(area) -> None:
    ground = next(iter(grounds(area)))

    verdict = eligible(area, Applicant(person("student", date(2012, 1, 1)), ground), date(2022, 10, 1))

    assert (verdict.outcome, verdict.reasons) == ("review", ("当地没有写可以自动通过。",))


def test_the_employee_scheme_and_a_department_are_refusals() -> None:
    """FY-01, FY-13; LZ-05."""
    working = eligible(FUYANG, Applicant(person(), "hukou", in_employee_scheme=True), ON)
    orphan = person("student", date(2010, 1, 1), marks=(Mark("orphan", date(2020, 1, 1)),))
    of_department = eligible(LIUZHOU, Applicant(orphan, "students"), date(2022, 10, 1))

    assert isinstance(working.refusal, InEmployeeScheme)
    assert isinstance(of_department.refusal, RegisteredByDepartment)


def test_a_mark_of_tomorrow_refuses_nobody_today() -> None:
    later = person("student", date(2010, 1, 1), marks=(Mark("orphan", date(2022, 10, 2)),))

    assert eligible(LIUZHOU, Applicant(later, "students"), date(2022, 10, 1)).refusal is None


def test_the_notices_say_on_what_ground_one_registers() -> None:
    """FY-01, CP-02, LZ-01, CZ-02."""
    assert list(grounds(FUYANG)) == ["hukou", "residence_permit", "students"]
    assert list(grounds(CHIPING)) == ["students", "kindergartens"]
    assert list(grounds(LIUZHOU)) == ["students", "kindergartens"]
    assert list(grounds(CHANGZHI)) == ["hukou", "residence"]
    assert "孤儿" in department_groups(LIUZHOU)
    assert department_groups(FUYANG) == ()


def test_returning_workers_must_be_verified_while_nobody_says_how_it_is_shown() -> None:
    """FY-04."""
    (one,) = cohort_words(FUYANG)

    assert (one.word, one.until, one.needs_proof) == ("returning_worker", date(2021, 2, 28), True)
    assert cohort_words(CHIPING) == ()
