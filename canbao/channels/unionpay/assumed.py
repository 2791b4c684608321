"""What no public page of 银联商务 states, and we had to choose. To be settled with the first real merchant (0033).

Paths, the two signatures over requests, field names, the states of a trade and of a refund, and that the answer to a
notice is `SUCCESS` or `FAILED`, are public. All of the following is not. Three assumptions more need no name here: no
answer is signed; no notice carries a time that is promised to be fresh; no notice tells of a refund (one that did would be
believed and book nothing).
"""

# `refund-query` names the refund by its own number in `merOrderId`: the field list has no other place for it.
REFUND_ASKED_BY = "merOrderId"
# `payTime` in what is said of a refund is when it was taken up; the statement shows it on that day,
# also where it ended FAIL: reconciliation then shows a refund whose ending differs, and people ask.
REFUND_TAKEN_UP = "payTime"
# 流水号 of the statement is `seqId` of answers and notices, so that both name a movement alike.
SERIAL = "seqId"
# What is said under these codes is no word about the trade: ask again later. All other codes are a definite no.
PASSING_CODES = frozenset(
    {"ORDER_PROCESSING", "INTERNAL_ERROR", "TIMEOUT", "NET_ERROR", "ABNORMAL_REQUEST_TIME", "BAD_SIGN", "DENIED_IP"}
)  # fmt: skip
# The daily file: UTF-8 CSV, columns by the names that integrations know, amounts in yuan, refunds negative, and a last
# row 合计 with the number of rows and their sum. How it is fetched is not stated either: the merchant file may name a
# path (`statement_path`); without one the file is uploaded by hand.
STATEMENT_COLUMNS = (
    "交易日期", "交易时间", "交易类型", "交易金额", "商户号", "流水号", "商户订单号", "退货订单号",
)  # fmt: skip
STATEMENT_KINDS = {"支付": "payment", "退货": "refund"}
STATEMENT_TOTAL = "合计"
