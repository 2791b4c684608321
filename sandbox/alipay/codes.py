"""Codes that anybody may scan (当面付, precreate): as with a link, the trade comes to be at the first scan."""

import json
import secrets
import sqlite3

from sandbox.alipay.trades import Params, find, open_trade
from sandbox.alipay.twin import Problem, Twin, failed, fen

PRECREATE = "alipay.trade.precreate"
CODE_PATH = "/alipay/qr/{code}"


def precreate(twin: Twin, asked: Params, notify_url: str, base_url: str) -> dict[str, str]:
    """What the code says. The same number again is the same code, with another amount it is refused. Raises Problem."""
    number = str(asked.get("out_trade_no", ""))
    if not (0 < len(number) <= 64) or not asked.get("subject") or fen(asked.get("total_amount")) <= 0:
        raise failed("ACQ.INVALID_PARAMETER", "参数无效")
    trade = find(twin, number)
    if trade is not None and trade["paid_at"] is not None:
        raise failed("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
    known = twin.store.one("SELECT * FROM alipay_code WHERE out_trade_no = ?", number)
    if known is not None and json.loads(known["asked"])["total_amount"] != asked["total_amount"]:
        raise failed("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
    code = known["code"] if known is not None else "bax" + secrets.token_hex(10)
    if known is None:
        twin.store.add(
            "alipay_code",
            code=code,
            out_trade_no=number,
            asked=json.dumps(dict(asked)),
            notify_url=notify_url,
        )
    return {"out_trade_no": number, "qr_code": base_url + CODE_PATH.format(code=code)}


def scan(twin: Twin, code: str) -> sqlite3.Row:
    """The trade behind a code, made at the first scan. Raises Problem."""
    known = twin.store.one("SELECT * FROM alipay_code WHERE code = ?", code)
    if known is None:
        raise Problem("40004", "ACQ.TRADE_NOT_EXIST", "二维码无效")
    asked = json.loads(known["asked"]) | {"product_code": "QUICK_WAP_WAY"}
    return open_trade(twin, asked, known["notify_url"], "")
