"""What may come between a resident and a payment: E-1001 … E-1025."""

from canbao.basics.refusals.refusal import Refusal


class NotRegistered(Refusal):
    code = "E-1001"
    heading = "没有查到参保登记"
    why = "可能是第一次参保，也可能是去年断保后停了登记。"
    steps = ("在这里办参保登记，或者带身份证、户口簿到{agency}办。", "办好登记，再回来缴费。")
    old_words = ("未查询到该关联人的登记信息或参保险种信息", "无法受理，无登记的参保信息")


class NoMatch(Refusal):
    code = "E-1001"
    heading = "没有查到这个人"
    why = "可能还没有参保登记，也可能姓名或身份证号和登记的不一样。"
    steps = (
        "先核对姓名和身份证号，重新输入一次。",
        "第一次参保，或断保过：到{agency}办参保登记。",
        "改过姓名或身份证号：到{agency}办信息变更。",
    )


class SeveralPlaces(Refusal):
    code = "E-1002"
    heading = "查到不止一个参保地"
    why = "同一个人只能在一个地方参保。"
    steps = ("想一想今年在哪里看病，选那里。", "选好以前，先问清当地{agency}。")
    old_words = ("多个参保地",)


class DocumentMismatch(Refusal):
    code = "E-1003"
    heading = "姓名或身份证号和登记的不一样"
    why = "改过姓名或号码，登记里还是旧的。"
    steps = ("带新证件，到{agency}办信息变更。",)


class ClassMismatch(Refusal):
    code = "E-1004"
    heading = "人员类别不符，不能缴费"
    why = "这里现在只开放{open_classes}缴费，登记的类别是{person_class}。"
    steps = ("是学生：带学生证件，到{agency}办身份变更。", "不是学生：请打电话问当地怎么缴费。")
    old_words = ("不能获取到该险种的缴费档次",)


class AlreadyPaid(Refusal):
    code = "E-1005"
    heading = "{benefit_year}年度已经缴过费"
    why = "{paid_date}已经缴费，参保地是{area}。一年只缴一次。"
    steps = ("不用再缴。", "要看缴费情况：点“信息查询”。")
    charged = "这次没有扣钱。"
    old_words = ("该缴费人已经申报，不允许重复申报",)


class OrderUnfinished(Refusal):
    code = "E-1006"
    heading = "有一笔没付完的订单"
    why = "上次付款没有完成。"
    steps = ("继续付这一笔，或者先取消。",)
    charged = "这次没有扣钱。"  # of the other order nobody knows before its channel is asked
    old_words = ("交易被锁定",)


class InEmployeeScheme(Refusal):
    code = "E-1007"
    heading = "正在参加职工医保"
    why = "同一时间只能参加一种医保。"
    steps = (
        "在单位参保的，不用缴居民医保。",
        "已经离职：先办职工医保停保。",
        "停保办好，再回来缴费。",
        "说的不对：带身份证，到{agency}核对。",
    )


class EnrolledElsewhere(Refusal):
    code = "E-1008"
    heading = "已经在外地参保"
    why = "不能在两个地方重复参保。"
    steps = (
        "想留在那里：不用再缴，看病也在那里报销。",
        "想转过来：先在那里停保，再回来缴费。",
        "转以前问清：那里缴过的怎么算。",
    )


class NothingToPay(Refusal):
    code = "E-1009"
    heading = "属于免缴人员"
    why = "政府替您交了全部费用。"
    steps = ("看清信息，点“确认参保”。",)


class RosterPending(Refusal):
    code = "E-1010"
    heading = "资助名单正在核定"
    why = "名单核定好，应缴金额才能定下来。"
    steps = ("请先不要缴费。", "核定以后再来。")


class OutsideWindow(Refusal):
    code = "E-1011"
    heading = "现在不能缴费"
    why = "{window}"
    steps = ("{next_opening}", "查询随时可用。")


class EnrolmentEnded(Refusal):
    code = "E-1012"
    heading = "参保登记已经停了"
    why = "登记在{ended_date}停止。"
    steps = ("带身份证或户口簿，到{agency}恢复登记。", "恢复以后，再回来缴费。")


class DeathMarked(Refusal):
    """Another system says so, and it may be wrong: whoever only knows a name and a number is not told which mark it is."""

    code = "E-1012"
    heading = "现在不能缴费，要先核对"
    why = "别的系统里有停保或者注销的标识。"
    steps = ("带身份证或户口簿，到{agency}核对。", "核对以后，再回来缴费。")


class HouseholdMismatch(Refusal):
    code = "E-1013"
    heading = "户主信息报错"
    why = "{cause}"
    steps = (
        "户主要先缴费，填自己的身份证号。",
        "家里其他人再填同一个户主号码，地址要和户主一样。",
        "不想合成一户：户主号码填自己的。",
    )
    old_words = ("户主信息报错",)


class OutcomeUnknown(Refusal):
    code = "E-1014"
    heading = "还没有收到付款结果"
    why = "付款机构还没有答复。"
    steps = ("请不要再付一次。", "过几分钟回到这一页看结果。")
    charged = "如果已经扣款，钱不会丢。"


class SubsidyPending(Refusal):
    code = "E-1015"
    heading = "现在不用缴费，等补助标准"
    why = "{group}的补助标准还没有公布。公布以前暂不缴费。"
    steps = ("请等通知：{told_by}。", "公布以后再来查。")


class MustPaySelf(Refusal):
    code = "E-1016"
    heading = "这个年龄要本人缴费"
    why = "{area}规定，{from_age}到{to_age}周岁要本人缴，别人不能代缴。"
    steps = ("请本人在自己的手机上缴费。", "回到上一步，选“本人缴费”。")


class CredentialInactive(Refusal):
    code = "E-1017"
    heading = "医保电子凭证还没有激活"
    why = "往年参过保的人，要先激活才能网上缴费。"
    steps = ("先激活医保电子凭证。", "激活后回到这里，填过的内容还在。")


class NotOnlineForAssisted(Refusal):
    code = "E-1018"
    heading = "资助对象暂时不能网上缴"
    why = "{area}的资助对象，现在不能在网上缴费。"
    steps = ("请到{agency}办理。",)


class NormalAlreadyPaid(Refusal):
    code = "E-1019"
    heading = "已按普通标准缴费"
    why = "按普通标准缴过以后，不能再按资助标准缴。"
    steps = ("请问{agency}。",)
    charged = "这次没有扣钱。"


class RegisteredByDepartment(Refusal):
    code = "E-1020"
    heading = "由{department}办理登记"
    why = "这类参保人不能自己登记，由{department}报名单。"
    steps = ("请找{department}。", "不清楚找谁：问{agency}。")


class FigureUnknown(Refusal):
    code = "E-1021"
    heading = "缴费标准还没有公布"
    why = "{area}还没有公布这一类人的标准。我们不猜。"
    steps = ("公布以后再来。", "想早知道：问{agency}。")


class PushPending(Refusal):
    code = "E-1022"
    heading = "应缴金额正在送往税务"
    why = "医保部门已核定，税务系统还没有收到。"
    steps = ("建议{advised_date}再来缴费。",)


class ChannelNotSuited(Refusal):
    code = "E-1023"
    heading = "换一个地方缴费"
    why = "{reason}"
    steps = ("可以用：{channels}。", "不清楚怎么缴：问{agency}。")


class FactMissing(Refusal):
    code = "E-1024"
    heading = "还说不准，缺少信息"
    why = "要先知道{facts}，才能算出应缴多少。"
    steps = ("补上{facts}，再来查一次。", "说不清的，请问{agency}。")


class MaybeAssisted(Refusal):
    code = "E-1025"
    heading = "先确认是不是资助对象"
    why = "按普通标准缴了以后，就不能再按资助标准缴。"
    steps = ("请先不要缴费。", "带身份证，到{agency}确认。", "确认不是资助对象，再回来缴费。")


class CannotSayYet(Refusal):
    code = "E-1061"
    heading = "现在还说不准，请稍后再来"
    why = "要先查职工医保和外地参保，还没有收到答复。"
    steps = ("过几分钟再查一次。", "一直没有答复：问{agency}。")
