"""The words a pack may use, and what people read for each of them.

Identifiers follow the glossary; `psn_type` is the national platform's code list.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

Status = Literal["stated", "derived", "corroborated", "unverified", "not_stated"]
Force = Literal["must", "principle", "advice", "provisional"]
PersonClass = Literal[
    "newborn", "preschool", "student", "vocational_student", "university_student", "minor", "adult", "senior"
]
GroupName = Literal[
    "extreme_hardship", "minimum_living_allowance", "mla_marginal", "mla_marginal_minor", "returned_to_poverty",
    "at_risk_of_poverty", "unstable_exit", "marginal", "sudden_severe_hardship", "monitored_person", "stable_exit",
    "transitional_exit", "registered_poor", "severe_disability", "orphan", "de_facto_unsupported_child",
    "entitled_group", "family_planning_group", "low_income",
]  # fmt: skip
ChannelName = Literal[
    "wechat", "alipay", "unionpay", "bank_app", "e_tax", "province_app",
    "bank_counter", "bank_batch", "rural_point", "agent", "terminal", "pos", "cash", "tax_window", "agency_window",
]  # fmt: skip
Topic = Literal["registration", "payment", "e_tax"]
EventKind = Literal[
    "birth", "discharge_from_service", "release", "graduation", "left_employee_scheme", "moved_in", "marriage",
    "adoption",
]  # fmt: skip
Rounding = Literal[
    "half_up_fen", "down_fen", "up_fen", "half_up_jiao", "half_up_yuan", "down_yuan", "up_yuan"
]

STATUSES: tuple[str, ...] = get_args(Status)
CHARGEABLE = frozenset({"stated", "derived", "corroborated"})
ONLINE_CHANNELS = frozenset({"wechat", "alipay", "unionpay", "bank_app", "e_tax", "province_app"})

STATUS_TEXT = {
    "stated": "通告写明",
    "derived": "由通告推出",
    "corroborated": "有旁证",
    "unverified": "未核实",
    "not_stated": "没有写",
}
FORCE_TEXT = {"must": "", "principle": "原则上", "advice": "建议", "provisional": "暂时"}


@dataclass(frozen=True)
class ClassWord:
    """One person class: what people read, the national code (psn_type), and whom its very name fits by age."""

    text: str
    psn_type: str
    first_age: int = 0
    last_age: int = 150
    # What age alone makes of somebody who has outgrown the class; None: only a clerk knows (school, work).
    becomes: str | None = None

    def fits(self, age: int) -> bool:
        """Whether somebody of this age (周岁) can be of this class at all."""
        return self.first_age <= age <= self.last_age


PERSON_CLASSES: dict[str, ClassWord] = {
    "newborn": ClassWord("新生儿", "1401", last_age=0, becomes="minor"),
    "preschool": ClassWord("学龄前儿童", "1402", last_age=7),
    "student": ClassWord("中小学生", "1403"),
    "vocational_student": ClassWord("中专、技校学生", "1403"),
    "university_student": ClassWord("大学生", "1404"),
    "minor": ClassWord("未入学的未成年人", "1405", last_age=17, becomes="adult"),
    "adult": ClassWord("成年居民", "1501", first_age=18),
    "senior": ClassWord("老年居民", "16", first_age=60),
}


def class_named(words: str) -> str | None:
    """The class that a list means, by our word or by its name in Chinese."""
    named = {word.text: name for name, word in PERSON_CLASSES.items()}
    return words if words in PERSON_CLASSES else named.get(words)


def class_by_age(person_class: str, age: int) -> str:
    """The class as age alone has changed it; one that only a clerk can change stays."""
    word = PERSON_CLASSES.get(person_class)
    while word and not word.fits(age) and word.becomes:
        person_class = word.becomes
        word = PERSON_CLASSES[person_class]
    return person_class


# Whose rosters name assisted people (CZ-08).
DEPARTMENTS: dict[str, str] = {
    "civil_affairs": "民政部门",
    "agriculture": "农业农村部门",
    "disabled_federation": "残联",
}

GROUPS: dict[str, str] = {
    "extreme_hardship": "特困人员",
    "minimum_living_allowance": "低保对象",
    "mla_marginal": "低保边缘人员",
    "mla_marginal_minor": "低保边缘家庭中的未成年人",
    "returned_to_poverty": "返贫致贫人口",
    "at_risk_of_poverty": "易返贫致贫人口",
    "unstable_exit": "脱贫不稳定人员",
    "marginal": "边缘易致贫人员",
    "sudden_severe_hardship": "突发严重困难人口",
    "monitored_person": "监测对象",
    "stable_exit": "稳定脱贫人口",
    "transitional_exit": "过渡期内的脱贫人口",
    "registered_poor": "建档立卡人员",
    "severe_disability": "重度残疾人",
    "orphan": "孤儿",
    "de_facto_unsupported_child": "事实无人抚养儿童",
    "entitled_group": "优抚对象",
    "family_planning_group": "计生对象",
    "low_income": "低收入家庭",
}

EVENTS: dict[str, str] = {
    "birth": "出生",
    "discharge_from_service": "退役",
    "release": "刑满释放",
    "graduation": "毕业",
    "left_employee_scheme": "职工医保停保",
    "moved_in": "户籍迁入",
    "marriage": "结婚",
    "adoption": "收养",
}

FACTS: dict[str, str] = {
    "birth_date": "出生日期",
    "sex": "性别",
    "tier": "选哪一档",
    "covered_years": "以前哪几年参过保",
    "registered_date": "参保登记的日期",
    "entry_year": "入学的年份",
    "graduation_year": "毕业的年份",
    "wanted_years": "要参加哪几年",
    "at": "缴费的钟点",
}
"""What policy may ask about a person and may not know, as people read it."""

REFUND_REASONS: dict[str, str] = {
    "duplicate": "重复缴费",
    "death": "参保人去世",
    "employee_scheme": "参加了职工医保",
    "other_area": "在外地参加了居民医保",
    "status_gained": "缴费后取得资助资格",
}
"""The usual names under `refunds`; a pack may add names of its own."""

GROUNDS: dict[str, str] = {
    "hukou": "户口在本地",
    "residence": "住在本地",
    "residence_permit": "有本地居住证",
    "students": "在本地上学",
    "kindergartens": "在本地托幼机构",
}
"""On what somebody may register here: the names under `scope` that a page can ask about."""

DECLARATIONS: dict[str, str] = {
    "returning_worker": "返乡务工人员",
    "residence_permit": "有本地居住证",
    "non_local_hukou": "外地户籍",
}
"""What a person may declare; a pack may add words of its own under `declarations`."""


@dataclass(frozen=True)
class OneOf:
    """Marks text that must be one of some words wherever people write it: `Annotated[str, OneOf(…)]`."""

    words: tuple[str, ...]


ClassText = Annotated[str, OneOf(get_args(PersonClass))]
GroupText = Annotated[str, OneOf(get_args(GroupName))]
ChannelText = Annotated[str, OneOf(get_args(ChannelName))]
EventText = Annotated[str, OneOf(get_args(EventKind))]
