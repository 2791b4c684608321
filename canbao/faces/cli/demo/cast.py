"""The demo's named people: one for each situation a resident can be in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from canbao.faces.cli.demo.people import id_number

# What happens to a person before the visitor comes.
REGISTERED, PAID, SUSPENDED, UNKNOWN = "registered", "paid", "suspended", "unknown"
ORDERED, UNANSWERED = "ordered", "unanswered"  # an order left open; one whose channel never answers
LISTED, TWO_PLACES, MARKED_LATE = "listed", "two_places", "marked_late"


# What another system says of a person; `silent`: nothing, it does not answer.
EMPLOYED, MOVED, DIED, SILENT = "employed", "moved", "died", "silent"


@dataclass(frozen=True)
class Role:
    """One demo person: where they are looked up, who they are, and what their page shows."""

    situation: str
    shows: str
    enter_area: str
    name: str
    birth_date: date
    order: int
    person_class: str
    fate: str = REGISTERED
    own_area: str | None = None
    group: str | None = None
    acquired_date: date | None = None
    pushed: bool = True
    payer: str = "self"
    insured_before: bool = False
    proved_name: str | None = None  # under which they log in, where the register has another name
    elsewhere: str | None = None  # EMPLOYED, MOVED, DIED or SILENT

    @property
    def number(self) -> str:
        """Their ID number; odd `order` is male."""
        return id_number(self.area_code, self.birth_date, self.order)

    @property
    def area_code(self) -> str:
        """Where they are enrolled."""
        return self.own_area or self.enter_area

    @property
    def sex(self) -> str:
        """As the number says."""
        return "male" if self.order % 2 else "female"


def _role(
    situation: str, shows: str, area: str, name: str, born: str, order: int, class_: str, **more: object
) -> Role:
    return Role(situation, shows, area, name, date.fromisoformat(born), order, class_, **more)  # type: ignore[arg-type]


CAST: Sequence[Role] = (
    _role("学生，可以缴", "280 元", "371503", "张小满", "2012-04-16", 901, "student"),
    _role("学生，已经缴过", "E-1005", "371503", "李若曦", "2011-09-02", 902, "student", fate=PAID),
    _role("没有登记", "E-1001", "371503", "赵无名", "2013-01-20", 903, "student", fate=UNKNOWN),
    _role(
        "有一笔没付完",
        "280 元，点支付时 E-1006",
        "371503",
        "韩冬梅",
        "2012-01-09",
        932,
        "student",
        fate=ORDERED,
    ),
    _role("付款结果不知道", "E-1014", "371503", "郝建军", "2011-03-08", 931, "student", fate=UNANSWERED),
    _role("类别不是学生", "E-1004", "371503", "王建国", "1980-05-06", 905, "adult"),
    _role(
        "低保学生，等补助标准",
        "E-1015",
        "371503",
        "刘一诺",
        "2014-06-08",
        904,
        "student",
        group="minimum_living_allowance",
        acquired_date=date(2021, 3, 1),
    ),
    _role("普通居民，可以缴", "400 元", "140403", "陈桂兰", "1962-02-11", 906, "senior"),
    _role("姓名有生僻字", "400 元", "140403", "郭䶮", "1990-08-18", 907, "adult"),
    _role("今年出生的新生儿，缴明年的", "400 元", "140403", "许安安", "2024-08-08", 926, "newborn"),
    _role("不在可缴的日子", "E-1011，10 月 1 日再开", "140427", "周福贵", "1975-11-30", 909, "adult"),
    _role("错过集中缴费期", "1070 元", "140430", "吴晓峰", "1988-03-15", 911, "adult"),
    _role(
        "低保，标准没有公布",
        "E-1021",
        "140403",
        "孙秀英",
        "1958-12-01",
        908,
        "senior",
        group="minimum_living_allowance",
        acquired_date=date(2023, 5, 1),
    ),
    _role(
        "去年在别处参保",
        "E-1002，选这里再缴",
        "140403",
        "宋巧云",
        "1971-04-04",
        934,
        "adult",
        fate=TWO_PLACES,
    ),
    _role(
        "改过名，登记还是旧的",
        "登录后 E-1003",
        "140403",
        "白志远",
        "1983-06-01",
        933,
        "adult",
        proved_name="白致远",
    ),
    _role("在没核定完的名单上", "E-1010", "140403", "田秀莲", "1964-09-09", 936, "senior", fate=LISTED),
    _role(
        "按普通标准缴过，后来才认定",
        "E-1019",
        "140403",
        "牛得草",
        "1969-05-05",
        935,
        "adult",
        fate=MARKED_LATE,
        group="minimum_living_allowance",
        acquired_date=date(2024, 10, 10),
    ),
    _role("登记已停", "E-1012", "140403", "马卫东", "1970-07-07", 913, "adult", fate=SUSPENDED),
    _role("别处参保", "E-1008", "140403", "徐海燕", "1992-10-10", 910, "adult", own_area="140802"),
    _role("单位参了职工医保", "E-1007", "140403", "崔海军", "1986-04-12", 931, "adult", elsewhere=EMPLOYED),
    _role("外地也参了保", "E-1008", "140403", "贾玉梅", "1981-09-23", 932, "adult", elsewhere=MOVED),
    _role("别的系统有注销标识", "E-1012", "140403", "董满堂", "1949-02-18", 933, "senior", elsewhere=DIED),
    _role(
        "别处参没参保没有查到",
        "400 元，页上提醒",
        "140403",
        "姜红霞",
        "1978-06-30",
        934,
        "adult",
        elsewhere=SILENT,
    ),
    _role("学生，可以缴", "350 元", "450202", "韦佳琪", "2010-05-20", 912, "student"),
    _role(
        "困难学生，由部门登记",
        "E-1020",
        "450202",
        "覃子轩",
        "2009-03-03",
        915,
        "student",
        group="orphan",
        acquired_date=date(2020, 1, 1),
    ),
    _role("还没到缴费期", "E-1011，9 月 1 日开", "450225", "莫诗涵", "2012-12-12", 914, "student"),
    _role(
        "低保，按资助缴",
        "40 元",
        "140802",
        "薛满仓",
        "1966-06-06",
        917,
        "senior",
        group="minimum_living_allowance",
        acquired_date=date(2020, 6, 1),
    ),
    _role(
        "返贫致贫，按资助缴",
        "32 元",
        "140802",
        "任大山",
        "1979-09-19",
        919,
        "adult",
        group="returned_to_poverty",
        acquired_date=date(2021, 2, 1),
    ),
    _role(
        "特困，不用缴",
        "E-1009，0 元，确认就参保",
        "140802",
        "闫春生",
        "1950-01-05",
        921,
        "senior",
        group="extreme_hardship",
        acquired_date=date(2019, 1, 1),
    ),
    _role(
        "核定还没到税务",
        "E-1022",
        "140802",
        "贺红梅",
        "1985-05-25",
        916,
        "adult",
        group="minimum_living_allowance",
        acquired_date=date(2021, 12, 15),
        pushed=False,
    ),
    _role("普通居民，可以缴", "280 元", "341225", "李小兰", "1955-10-01", 918, "senior"),
    _role("新参保，登记和缴费一次办", "280 元", "341225", "朱新月", "1993-04-04", 920, "adult", fate=UNKNOWN),
    _role("户主，已经缴过", "E-1005", "341225", "高长河", "1968-08-08", 923, "senior", fate=PAID),
    _role(
        "家人，可填户主号合户",
        "280 元；户主号填错 E-1013",
        "341225",
        "高小雨",
        "2010-10-10",
        922,
        "student",
        payer="proxy",
    ),
    _role("18 到 50 岁，不能代缴", "E-1016", "341225", "何志强", "1990-02-02", 925, "adult", payer="proxy"),
    _role(
        "资助对象，不能网上缴",
        "E-1018",
        "341225",
        "林秀芝",
        "1957-03-08",
        924,
        "senior",
        group="extreme_hardship",
        acquired_date=date(2019, 5, 1),
    ),
    _role(
        "电子凭证没有激活",
        "E-1017，激活后回来缴 280 元",
        "341225",
        "孟秋生",
        "1958-07-07",
        929,  # the sandbox lets such numbers be activated first
        "senior",
        insured_before=True,
    ),
    _role("缴费期已过", "E-1011", "341282", "罗永强", "1960-01-01", 927, "senior"),
)
