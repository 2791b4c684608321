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
