"""What may come between a resident and the register: E-1041 and on."""

from canbao.basics.refusals.refusal import Refusal


class AlreadyRegistered(Refusal):
    code = "E-1041"
    heading = "已经登记过，不用再登记"
    why = "参保登记还在，参保地是{area}。"
    steps = ("没有停保、转学、升学的，直接缴费。", "要改姓名、号码或类别：到{agency}办信息变更。")


class EvidenceRefused(Refusal):
    code = "E-1042"
    heading = "这个文件不能用"
    why = "{problem}"
    steps = ("换一张照片，或者换一个文件，再上传。", "已经填的内容还在。")


class ProofMissing(Refusal):
    code = "E-1043"
    heading = "要先证明是您本人"
    why = "{reason}"
    steps = ("点下面的按钮，办{level}登录。", "办好以后回到这里，填过的内容还在。")


class IdentityUnavailable(Refusal):
    code = "E-1044"
    heading = "暂时连不上身份认证"
    why = "认证平台没有应答。这不是说您不能办。"
    steps = ("过几分钟再试。", "一直不行：带身份证到{agency}办。")


class TooManyLinked(Refusal):
    code = "E-1045"
    heading = "关联人已经够多了"
    why = "{area}规定，一个人最多关联{most}个人。"
    steps = ("先取消一个，再添加。", "或者请别的家人代缴。")
