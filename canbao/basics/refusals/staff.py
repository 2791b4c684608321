"""What stops a step at a desk, and refunds: E-1026 and on."""

from canbao.basics.refusals.refusal import Refusal


class RefundNotAllowed(Refusal):
    code = "E-1026"
    heading = "这种情形不退费"
    why = "{reasons}"
    steps = ("有疑问：问{agency}。",)
    charged = "已经缴的费用没有变化。"


class RefundUnclear(Refusal):
    code = "E-1027"
    heading = "能不能退，现在还说不准"
    why = "{reasons}"
    steps = ("带身份证和缴费票据，到{agency}核实。",)
    charged = "已经缴的费用没有变化。"


class RefundTooMuch(Refusal):
    code = "E-1028"
    heading = "超过了可以退的金额"
    why = "这一笔还可以退{left}元，申请了{asked}元。"
    steps = ("改成不超过{left}元，再提交。",)
    charged = "已经缴的费用没有变化。"


class SecondPersonNeeded(Refusal):
    code = "E-1029"
    heading = "要另一个人复核"
    why = "经办和复核不能是同一个人。"
    steps = ("请另一位工作人员复核。",)
    charged = "没有动任何款项。"


class ContentChanged(Refusal):
    code = "E-1030"
    heading = "内容和复核的不一样"
    why = "提交复核以后，内容变了，或者复核的不是这一份。"
    steps = ("重新打开这一笔，看清楚再复核。",)
    charged = "没有动任何款项。"


class StepNotDue(Refusal):
    code = "E-1031"
    heading = "现在不能办这一步"
    why = "这一笔现在的状态是{state}。"
    steps = ("刷新，看看是不是已经有人办过。",)
    charged = "没有动任何款项。"


class StatementRefused(Refusal):
    code = "E-1032"
    heading = "对账单不能用"
    why = "{problem}"
    steps = ("文件已经原样保存。", "重新下载，或者重新上传正确的文件。")
    charged = "没有动任何款项。"


class DayNotProved(Refusal):
    code = "E-1033"
    heading = "这一天还不能结账"
    why = "{problem}"
    steps = ("先处理完差错，再结账。",)
    charged = "没有动任何款项。"


class RosterRefused(Refusal):
    code = "E-1034"
    heading = "名单不能用"
    why = "{problem}"
    steps = ("文件已经原样保存。", "按说明改好，再上传一次。", "不清楚：问{agency}。")
    charged = "没有动任何款项。"


class FeedRefused(Refusal):
    code = "E-1062"
    heading = "每日变动不能用"
    why = "{problem}"
    steps = ("整批都没有用。", "请平台重新送一份。")
    charged = "没有动任何登记。"


class DrawerDiffers(Refusal):
    code = "E-1036"
    heading = "清点数和应有数不一样"
    why = "应有{should}元，清点{counted}元，{difference}元。"
    steps = ("再数一遍，看有没有漏写的收据。", "还是不一样：写明原因，请另一个人复核。")
    charged = "班次还没有轧账。"
