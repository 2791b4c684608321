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


class KeyUsedOtherwise(Refusal):
    code = "E-1105"
    heading = "同一个请求号用了两次"
    why = "这个请求号已经办过别的内容。"
    steps = ("请渠道换一个请求号再办。",)
    charged = "这次没有扣钱。"
