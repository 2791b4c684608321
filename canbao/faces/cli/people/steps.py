"""What the commands about one person share: whom it is about, on which ground, tried dry or done, told in Chinese."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from canbao.faces.cli.staff import env_of, in_chinese, run

if TYPE_CHECKING:
    from canbao.records.people.changes.told import Ground
    from canbao.services.system.env import Env

DAY = click.DateTime(["%Y-%m-%d"])
who = click.argument("who", metavar="身份证号或人员编号")
why = click.option("--why", required=True, help="Why, in a sentence; it is kept with the change.")
evidence = click.option("--evidence", help="The reference of the papers that were seen.")
dry = click.option("--dry-run", is_flag=True, help="Say what would happen; nothing is written.")
WORDS = {
    "person_id": "人员编号", "name": "姓名", "number": "证件号", "former_numbers": "用过的号码", "birth_date": "出生日期",
    "died_date": "去世日期", "merged_into": "已并到", "merged_ids": "并进来的编号", "alike": "同名同生日的记录",
    "enrolments": "参保登记", "covers": "待遇", "happened": "经过", "requests": "申请", "duplicates": "重复参保",
    "area": "参保地", "person_class": "类别", "from": "起", "until": "止", "state": "状态", "why": "原因", "lines": "后果",
    "covered_until": "待遇到", "second_way": "另一种办法", "done": "办好", "dry_run": "试跑", "doubled_years": "两边都缴的年度",
    "kept_id": "保留的编号", "enrolment_id": "登记编号", "ended": "终止的登记", "households": "共用他号码的户（年度）",
    "refund": "退费", "year": "年度", "at": "时间", "event": "事项", "actor": "经办", "evidence": "凭据", "origin": "来源",
    "request_id": "申请编号", "kind": "事项", "wanted": "要改成", "place": "看病的地方", "asked_at": "申请时间", "said": "说明",
    "duplicate_id": "差重编号", "default_keep": "按规定留", "reason": "依据", "wished": "本人想留", "keep": "留下",
    "theirs": "另一份", "needs_statement": "要书面声明", "next": "下一步", "wrong": "不符", "noun": "表", "column": "栏",
    "stored": "现在", "rebuilt": "按经过", "id": "编号", "waiting": "等办", "fiscal": "财政补助", "registered": "登记",
    "head_id": "户主编号", "member_ids": "同户编号", "cap_yuan": "限额（元）", "used_yuan": "已用（元）", "left_yuan": "剩余（元）",
    "feedback_id": "反馈编号", "topic": "哪一类", "code": "提示编号", "phone": "电话", "text": "内容", "words": "说了什么",
    "said_by": "谁说", "states": "按状态", "topics": "按类", "codes": "按提示编号", "oldest": "最早等答复的",
    "half_within": "一半的首次答复用时不超过",
    "claim_no": "报销单号", "paid_yuan": "报了（元）", "back_yuan": "退回（元）",
}  # fmt: skip


def ground_of(why: str, evidence: str | None) -> "Ground":
    """The reason and the papers of a change."""
    from canbao.records.people.changes.told import Ground

    return Ground(why, evidence)


def day_of(typed: datetime | None) -> date | None:
    """A day that was typed."""
    return typed.date() if typed else None


def take(
    name: str,
    who: str | None,
    work: Callable[["Env", int], dict[str, Any]],
    *,
    as_json: bool,
    dry_run: bool = False,
) -> None:
    """Find the person, do the step or rehearse it, and tell what came of it."""
    env = env_of(name)
    from canbao.records.transactions import rehearse
    from canbao.services.people.changes.who import find_record

    def step() -> dict[str, Any]:
        person_id = find_record(env, who).id if who else 0
        return work(env, person_id)

    def told() -> dict[str, Any]:
        answer = rehearse(step) | {"dry_run": "没有写入"} if dry_run else step()
        return answer if as_json else in_chinese(answer, WORDS)

    run(told, as_json)
