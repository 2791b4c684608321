"""自助诊断: the sentence somebody met, in part or whole, leads to what to do here (CP-14, CP-16, CP-17)."""

import pytest

from canbao.services.people.diagnose import COMMON, common, diagnose
from tests.faces.conftest import Phone
from tests.support.world import CHIPING

FUYANG, CHANGZHI = "341225", "140403"


def codes(phone: Phone, area: str, said: str) -> list[str]:
    return [advice.code for advice in diagnose(phone.world.env, area, said)]


@pytest.mark.parametrize(
    ("area", "said", "code"),
    [
        (CHIPING, "未查询到该关联人的登记信息或参保险种信息", "E-1001"),
        (CHIPING, "提示：不能获取到该险种的缴费档次！", "E-1004"),
        (CHANGZHI, "未查询到该关联人的登记信息", "E-1001"),  # words of another place are known everywhere
        (CHANGZHI, "无法受理,无登记的参保信息", "E-1001"),
        (CHANGZHI, "该缴费人已经申报,不允许重复申报", "E-1005"),
        (FUYANG, "户主 信息报错", "E-1013"),
        (FUYANG, "e-1011", "E-1011"),
    ],
)
def test_what_a_page_said_leads_to_its_code(phone: Phone, area: str, said: str, code: str) -> None:
    assert codes(phone, area, said) == [code]


@pytest.mark.parametrize("said", ["", "信息", "今天天气很好", "E-9999"])
def test_words_that_mean_nothing_here_lead_nowhere(phone: Phone, said: str) -> None:
    assert codes(phone, CHIPING, said) == []


def test_the_answer_is_in_the_words_of_the_area(phone: Phone) -> None:
    (local,) = diagnose(phone.world.env, CHIPING, "不能获取到该险种的缴费档次")

    assert "税务窗口不办身份变更。" in local.steps


@pytest.mark.parametrize("area", [CHIPING, CHANGZHI, FUYANG, "450202", "140802"])
def test_every_common_case_reads_as_a_whole_sentence_in_every_area(phone: Phone, area: str) -> None:
    for code, heading in common(phone.world.env, area):
        (advice,) = diagnose(phone.world.env, area, code)
        said = " ".join([heading, advice.heading, advice.why, *advice.steps])
        assert "未公布年度" not in said
        assert "{" not in said
        assert advice.contacts
    assert len(common(phone.world.env, area)) == len(COMMON)


def test_the_page_answers_without_a_script_and_keeps_what_was_typed(phone: Phone) -> None:
    page = phone.open(f"/a/{CHIPING}/diagnose/", said="缴费档次").content.decode()

    assert 'value="缴费档次"' in page
    assert 'data-code="E-1004"' in page


def test_a_sentence_nobody_knows_is_answered_with_whom_to_call(phone: Phone) -> None:
    page = phone.open(f"/a/{CHIPING}/diagnose/", said="<b>什么都不是</b>").content.decode()

    assert "这句话我们不认识" in page
    assert "0635-4268611" in page
    assert "<b>什么" not in page
