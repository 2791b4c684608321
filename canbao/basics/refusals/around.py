"""What may happen on any page: E-1100 and on."""

from canbao.basics.refusals.refusal import Refusal


class BadInput(Refusal):
    code = "E-1100"
    heading = "有一处要改"
    why = "{problem}"
    steps = ("改好以后再提交，填过的内容还在。",)


class TooManyTries(Refusal):
    code = "E-1101"
    heading = "查得太多了，请歇一会儿"
    why = "为保护个人信息，查询次数有限制。"
    steps = ("请过{minutes}分钟再试。", "很急：打下面的电话。")


class PageExpired(Refusal):
    code = "E-1102"
    heading = "这一页放得太久了"
    why = "为了安全，{minutes}分钟没有操作，页面就失效。"
    steps = ("请重新查询一次。",)


class ChannelUnavailable(Refusal):
    code = "E-1103"
    heading = "暂时连不上付款机构"
    why = "付款机构没有应答。"
    steps = ("过几分钟再试，订单还在。", "一直不行：到窗口缴费。")


class NotFound(Refusal):
    code = "E-1104"
    heading = "没有找到这一页"
    why = "网址可能不完整，或者已经失效。"
    steps = ("回到首页，重新进入。",)
    charged = "这次没有扣钱。"


class Busy(Refusal):
    code = "E-1106"
    heading = "现在办的人很多，请等一会儿"
    why = "系统正忙，这一次没有办成。"
    steps = ("过半分钟再点一次，填过的内容不会错。", "不用排队，也不会漏掉谁。")


class Maintenance(Refusal):
    code = "E-1107"
    heading = "系统正在维护"
    why = "{until}"
    steps = ("维护完了再来，缴费期内的都能缴。", "已经付的钱不会丢。")
    charged = "这次没有扣钱。"


class Offline(Refusal):
    code = "E-1108"
    heading = "手机没有网络"
    why = "手机连不上网，这一次没有送出去。"
    steps = ("打开网络，再点一次。", "填过的内容还在，不用再填。")


class NoPermission(Refusal):
    code = "E-1109"
    heading = "这一页您不能看"
    why = "这是别人的，或者要工作人员才能看。"
    steps = ("看自己的：回到首页，实名登录。", "替家人办：用“全家一起缴”。")
    charged = "这次没有扣钱。"


class NothingHere(Refusal):
    code = "E-1110"
    heading = "这里还没有记录"
    why = "系统里没有查到。没有查到，不等于没有缴。"
    steps = ("看看地区选对了没有。", "刚付的款，过几分钟再看。")
    charged = "这次没有扣钱。"


class OurFault(Refusal):
    code = "E-1500"
    heading = "系统出错了"
    why = "是我们的问题，已经记录。"
    steps = ("请过几分钟再试。", "一直不行，打下面的电话。")
    charged = "已经付的钱不会丢。"


class KeyUsedOtherwise(Refusal):
    code = "E-1105"
    heading = "同一个请求号用了两次"
    why = "这个请求号已经办过别的内容。"
    steps = ("请渠道换一个请求号再办。",)
    charged = "这次没有扣钱。"
