"""Invented residents: names, numbers, villages, schools. The same seed makes the same people.

Numbers pass every check and belong to nobody: their county part ends in 99, which no division has
ever been given.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum.iso7064 import mod_11_2

from canbao.services.system.places import Unit

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉萍红建文华国梅兵海燕云峰雪琴宇浩然子轩雨涵欣怡梓晨思远佳琪若曦一诺沐阳春生福贵满仓小翠大山"
RARE = ("䶮", "㛃", "𬭎", "𫭟", "𠅤", "𬀩", "堃", "喆", "昇", "犇")
MINORITY_NAMES = ("阿依古丽·买买提", "古丽娜尔·热合曼", "扎西·多吉", "卓玛·央金")
VILLAGES = (
    "东风村",
    "红旗村",
    "前进村",
    "杏花村",
    "柳树屯",
    "石桥村",
    "北沟村",
    "新民社区",
    "和平社区",
    "向阳村",
)
SCHOOLS = ("实验小学", "第一中学", "希望小学", "职业技术学校", "中心幼儿园")


@dataclass(frozen=True)
class Resident:
    """One invented resident."""

    name: str
    number: str
    birth_date: date
    sex: str
    area_code: str
    person_class: str
    unit_code: str
    household: int


def id_number(area_code: str, birth: date, order: int) -> str:
    """An 18-digit number that checks and that nobody bears; odd `order` is male."""
    body = f"{area_code[:4]}99{birth:%Y%m%d}{order:03d}"
    return body + mod_11_2.calc_check_digit(body)


def units_of(area_code: str, area_name: str) -> list[Unit]:
    """The villages and schools of a county."""
    villages = [
        Unit(f"{area_code}V{n:02d}", f"{area_name}{name}", "village", area_code)
        for n, name in enumerate(VILLAGES)
    ]
    schools = [
        Unit(f"{area_code}S{n:02d}", f"{area_name}{name}", "school", area_code)
        for n, name in enumerate(SCHOOLS)
    ]
    return villages + schools


class Maker:
    """Makes residents, each with a number of their own."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 (invented people, not secrets)
        self._taken: set[str] = set()

    def number(self, area_code: str, birth: date, sex: str) -> str:
        """A number not used before."""
        while True:
            order = self._random.randrange(1, 999, 2) - (sex == "female")
            number = id_number(area_code, birth, max(order, 2 if sex == "female" else 1))
            if number not in self._taken:
                self._taken.add(number)
                return number
            birth += timedelta(days=1)

    def name(self, surname: str) -> str:
        """A given name for a surname; now and then with a rare character."""
        if self._random.random() < 0.004:
            return self._random.choice(MINORITY_NAMES)
        if self._random.random() < 0.02:
            return surname + self._random.choice(RARE)
        return surname + "".join(self._random.choices(GIVEN, k=self._random.choice((1, 2, 2))))

    def households(
        self, area_code: str, on: date, how_many: int, *, students_only: bool
    ) -> Iterator[Resident]:
        """So many people of a county, in households, as of a day."""
        made = household = 0
        while made < how_many:
            household += 1
            surname = self._random.choice(SURNAMES)
            for age in self._ages(students_only=students_only):
                if made < how_many:
                    yield self._member(area_code, on, surname, age, household)
                    made += 1

    def _ages(self, *, students_only: bool) -> list[int]:
        if students_only:
            return [self._random.randint(4, 18) for _ in range(self._random.choice((1, 1, 2)))]
        parents = self._random.randint(24, 60)
        family = [parents, parents + self._random.randint(-3, 3)]
        family += [
            max(0, parents - self._random.randint(22, 30)) for _ in range(self._random.choice((0, 1, 1, 2)))
        ]
        return [*family, min(96, parents + 27)] if self._random.random() < 0.3 else family

    def _member(self, area_code: str, on: date, surname: str, age: int, household: int) -> Resident:
        birth = on - timedelta(days=age * 365 + age // 4 + self._random.randrange(1, 360))
        sex = self._random.choice(("male", "female"))
        person_class = class_at(age)
        kind, many = ("S", len(SCHOOLS)) if person_class in STUDENT_CLASSES else ("V", len(VILLAGES))
        return Resident(
            name=self.name(surname),
            number=self.number(area_code, birth, sex),
            birth_date=birth,
            sex=sex,
            area_code=area_code,
            person_class=person_class,
            unit_code=f"{area_code}{kind}{self._random.randrange(many):02d}",
            household=household,
        )

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self._random.random() < share

    def pick(self, words: tuple[str, ...]) -> str:
        """One of these."""
        return self._random.choice(words)


STUDENT_CLASSES = frozenset({"preschool", "student", "university_student"})


def class_at(age: int) -> str:
    """The usual class at an age."""
    if age < 3:
        return "minor"
    if age < 6:
        return "preschool"
    if age < 19:
        return "student"
    return "adult" if age < 60 else "senior"
