"""What may come between somebody on the register and a change: E-1051 and on."""

from canbao.basics.refusals.refusal import Refusal

_UNTOUCHED = "没有动任何款项，登记也没有变。"


class RecordTaken(Refusal):
    code = "E-1051"
    heading = "这个号码已经登记在另一个人名下"
    why = "另一条记录是{other}，人员编号{other_id}。"
    steps = ("是同一个人：核对证件，再办合并。", "不是同一个人：核对号码，重新输入。")
    charged = _UNTOUCHED


class ChangeTooLate(Refusal):
    code = "E-1052"
    heading = "已经缴费，不能改参保地"
    why = "{benefit_year}年度的费已经缴了。改参保地要在缴费以前。"
    steps = (
        "留在原来的地方：办异地就医备案，看病照样报销。",
        "一定要换：问{agency}，先停保，再到新地方参保。",
    )
    charged = "已经缴的费用没有变化。"


class ChangeRefused(Refusal):
    code = "E-1053"
    heading = "现在不能这样改"
    why = "{problem}"
    steps = ("看清登记的情况，再办一次。", "不清楚：问{agency}。")
    charged = _UNTOUCHED


class RequestUnderWay(Refusal):
    code = "E-1054"
    heading = "已经申请过，正在办理"
    why = "同一件事一次只办一个申请。"
    steps = ("等{agency}办好。", "想改内容：先撤回，再重新申请。")
    charged = _UNTOUCHED


class StatementNeeded(Refusal):
    code = "E-1055"
    heading = "要有本人的书面声明"
    why = "放弃的那一份是资助参保。放弃以前，本人要签书面声明。"
    steps = ("请本人或监护人签声明。", "把声明的编号一起填上，再办。")
    charged = _UNTOUCHED
