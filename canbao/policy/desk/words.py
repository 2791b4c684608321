"""The keys of a pack as people say them, for differences and tables."""

from typing import Any

from canbao.policy.format.vocabulary import EVENTS, FORCE_TEXT, GROUPS, PERSON_CLASSES, STATUS_TEXT
from canbao.policy.pack import Pack
from canbao.policy.rules.wording import ROUNDING_TEXT, money_text

KEYS = {
    "scope": "参保范围", "prices": "缴费标准", "individual": "个人缴费", "surcharges": "另收", "benefit_tier": "享受的档",
    "fiscal_subsidy": "人均财政补助", "national_minimum": "国家最低标准", "fiscal": "财政补助", "assistance": "资助",
    "groups": "资助对象", "subsidy": "资助", "base": "按哪一档算", "surcharge_subsidies": "另收部分的资助", "paid_by": "谁出钱",
    "registered_by": "由谁登记", "roster_from": "名单来自", "list_is_open": "清单有“等”字", "resolution": "几种身份怎么合并",
    "rounding": "尾数怎么进", "push_required": "要推送税务", "pay_after_push": "推送后哪天缴", "told_by": "怎么通知",
    "confirm_before_normal": "缴前先确认不是资助对象", "collection": "集中缴费期", "opens": "开始", "closes": "截止",
    "opens_month": "开始的月份", "closes_at": "最后一天几点截止", "days_of_month": "每月哪几天", "days_of_month_in": "个别月份哪几天", "cohorts": "另有期限的人",
    "moves_for_holidays": "遇放假顺延", "registration_closes": "参保登记截止", "open_classes": "开放的人员类别",
    "days_of_month_after_period": "过了集中期还看每月的日子", "shown_by": "凭什么认定", "late": "错过以后", "price": "价格",
    "spared_groups": "不加价的人", "subsidy_kept": "资助还在", "waiting": "等待期", "coverage_start": "从哪天享受",
    "benefit_period": "待遇享受期", "first_date": "第一天", "last_date": "最后一天", "paid_before_start": "按时缴的从哪天享受",
    "paid_after_start": "期内晚缴的从哪天享受", "newborn": "新生儿", "birth_year_free": "出生当年不缴费",
    "birth_year_coverage": "出生当年从哪天享受", "bands": "分段", "within": "多长时间内", "to_year_end": "到年底",
    "last_day_counts": "最后一天算在内", "measured_at": "看登记还是缴费", "after_bands": "以后", "across_years": "跨年出生",
    "born_from": "从哪天出生的算", "obligation": "缴几年", "next_year_price": "下一年度的标准", "students": "学生",
    "place": "在哪里参保", "entry_year_start": "入学当年从哪天享受", "lump_sum_years": "一次最多缴几年",
    "price_locked": "价格不变", "last_year_ends": "毕业那年到哪天", "registration": "参保登记", "agency": "经办机构",
    "before_payment": "先登记后缴费", "inside_payment_flow": "缴费时一起登记", "changes_before_payment": "变更要在缴费以前",
    "ways": "办法", "places": "地点", "steps": "步骤", "papers": "带什么", "original": "要原件", "copies": "复印件几份", "instead": "用什么代替", "service_points": "服务网点", "errands": "办什么", "address": "地址", "approval": "审核", "channels": "缴费渠道", "available": "已开通",
    "special": "能办特殊缴费", "proxy": "能代缴", "barred_groups": "不收的人", "banks": "银行", "real_name": "实名",
    "posting_working_days": "几个工作日入库", "choose_normal": "日常缴费选", "choose_special": "特殊缴费选", "paying": "谁来缴",
    "self_only_ages": "必须本人缴的年龄", "proxies": "谁可以代缴", "most_linked": "最多关联几个人", "groups_not_online": "不能网上缴的人",
    "needs_active_credential": "要激活凭证的人", "online_refund": "网上退费", "collective_declared_at": "集体补助怎么申报",
    "household": "医保户", "key": "标志", "head_pays_first": "户主先缴", "same_place_as_head": "和户主同一处",
    "same_place_level": "同一处到哪一级", "automatic": "自动成户", "from_benefit_year": "从哪个年度起", "applies_to": "谁要等", "fixed": "固定",
    "variable_per_year": "每多断一年加", "free_years": "不加的年数", "count_from_year": "从哪年的断保算起",
    "counts_from": "从哪天算起", "last_day_waits": "最后一天还在等", "repair_price": "修复的价格", "floor": "最少",
    "floor_from_gap_years": "断几年起有最少", "waivers": "免等待期的人", "waivers_are_open": "免等待期的清单有“等”字",
    "continuous_years": "连续几年", "waives": "免什么", "refunds": "退费", "key_date": "看哪个日期", "boundary_date": "界线",
    "boundary": "界线", "before": "界线以前", "after": "界线以后", "terminates": "同时终止", "payee": "退给谁",
    "apply_at": "到哪里申请", "duplicates": "重复参保", "incentive": "大病激励", "cap": "限额",
    "per_continuous_year": "连续参保每年提高", "per_zero_claim_year": "零报销每年提高", "least_step": "每项不少于",
    "most_percent": "合计最多（%）", "transfers": "转移接续", "declarations": "申报的词", "queries": "查询",
    "path": "在哪里查", "covers": "查得到什么", "lag_working_days": "几个工作日后", "lag_is_inclusive": "最后一个工作日算",
    "shows_amount": "显示金额", "login": "怎么登录", "outpatient_pooling": "门诊统筹", "rate_percent": "比例（%）",
    "shared_in_household": "按户共用", "institutions": "哪些机构", "only_in": "限在", "benefits": "待遇", "when": "什么情形", "where": "在哪里看病", "pays": "报多少", "brings": "带什么去报", "hands_in": "到哪里报",
    "contacts": "电话", "phones": "号码",
    "keypad": "按键", "hours": "时间", "guide": "提示", "why": "原因", "information": "说明", "not_stated": "没有写的",
    "across_schemes": "职工和居民各一份", "resident_twice": "两份居民医保", "employee_twice": "两份职工医保", "student": "学生",
    "employee_years_needed": "职工医保满几年", "entry_year_exempt": "入学当年除外", "fiscal_subsidy_deducted": "扣回财政补助",
    "statement_when_giving_up_help": "放弃资助写声明", "others_answer_first": "先等别处的答复", "aliases": "旧的报错", "area": "地区", "collected": "统一怎么办",
    "event": "发生了什么", "includes": "包括", "kind": "种类", "local_code": "当地代码", "parent": "上级", "topic": "问什么",
    "who": "哪些人", "ages": "年龄", "sex": "性别", "person_classes": "人员类别", "born_first_date": "从哪天出生",
    "born_last_date": "到哪天出生", "tier": "档", "declared": "申报的", "further": "后面几段", "spared_classes": "不加价的类别", "label": "名称", "name": "名称", "collection_year": "征收年度",
}  # fmt: skip
_VALUES = {
    "individual": "个人部分", "individual_and_fiscal": "个人加财政", "closed": "不收", "free": "不缴", "none": "没有",
    "by_rule": "按等待期规定", "highest": "取最高的", "period_start": "待遇期第一天", "payment_day": "缴费当天",
    "next_day": "第二天", "next_month": "下个月1日", "birth": "出生日", "medical_assistance": "医疗救助", "collective": "集体",
    "department": "主管部门", "refund": "退", "refund_covered_part": "退资助的部分", "payer": "缴费人", "heirs": "继承人",
    "late": "逾期缴费的", "payment_month": "缴费当月", "same_day": "当天", "agency": "经办机构", "self": "本人", "nation": "全国", "province": "省",
    "prefecture": "市", "county": "县区", "status_acquired": "取得资格的日期", "terminated": "终止的日期", "applied": "申请的日期",
    "paid": "缴费的日期", "event": "发生的日期", "before_benefit_period": "待遇期以前", "collection_closes": "集中缴费期截止",
    "school_place": "学籍地", "hukou_place": "户籍地", "with_parents_or_hukou_place": "随父母或户籍地", "real_name": "实名",
    "face": "人脸实名", "name_and_number": "姓名和号码", "prior_insured": "往年参保的人", "nobody": "没有人", "payment": "缴费",
    "registration": "登记", "variable": "变动的部分", "declared": "自己申报", "verified": "经过核实", "plus": "之后",
    "habitual_residence": "常住地", "workplace": "工作地", "employee": "职工医保", "male": "男", "female": "女", "all": "全部", "both_years": "两年都缴", "choice": "可以选",
}  # fmt: skip


_STARTS = {"plus": "缴费{}后", "after": "缴费满{}的第二天", "month": "缴费后第{}个月1日"}


def path_text(pack: Pack, key: str) -> str:
    """`prices.student.individual` → `缴费标准·在校学生·个人缴费`, by the names the pack itself gives."""
    place: Any = pack.document
    words: list[str] = []
    for name in key.split("."):
        place = place.get(name) if isinstance(place, dict) else None
        own = (place.get("label") or place.get("name")) if isinstance(place, dict) else None
        words.append(own if isinstance(own, str) else KEYS.get(name) or GROUPS.get(name, name))
    return "·".join(words)


def value_text(bare: Any, is_money: bool = False) -> str:
    """A plain value as people write it."""
    if bare is None:
        return "没有写"
    if isinstance(bare, dict):
        return _subsidy_text(bare)
    if isinstance(bare, list):
        parts = [value_text(part) for part in bare]
        return ("" if any(part.endswith("。") for part in parts) else "、").join(parts)
    if isinstance(bare, bool):
        return "是" if bare else "否"
    if is_money:
        return money_text(int(bare))
    return _word_text(str(bare))


def said_text(value: dict[str, Any], is_money: bool = False) -> str:
    """A value with what weakens it: `暂时 400元（没有核实）`."""
    force = FORCE_TEXT[value.get("force", "must")]
    sure = "" if value["status"] in ("stated", "not_stated") else f"（{STATUS_TEXT[value['status']]}）"
    return f"{force}{value_text(value['value'], is_money)}{'等' if value.get('open') else ''}{sure}"


def _word_text(word: str) -> str:
    if len(word) == 10 and word[4] == word[7] == "-" and word.replace("-", "").isdigit():
        year, month, day = word.split("-")
        return f"{year}年{int(month)}月{int(day)}日"
    start, _, rest = word.partition(" ")
    if start in _STARTS and rest:
        return _STARTS[start].format(_word_text(rest))
    count, _, unit = word.partition(" ")
    if unit in ("days", "months") and count.isdigit():
        return f"{count}{'天' if unit == 'days' else '个月'}"
    known = PERSON_CLASSES.get(word)
    named = known.text if known else GROUPS.get(word) or EVENTS.get(word) or ROUNDING_TEXT.get(word)
    return named or _VALUES.get(word, word)


def _subsidy_text(plain: dict[str, Any]) -> str:
    words = {"full": "全额资助", "none": "没有资助", "pending": "等标准"}
    if plain["kind"] == "fixed":
        return f"定额{money_text(plain['fen'])}"
    return f"{plain['percent']}%" if plain["kind"] == "percent" else words[plain["kind"]]
