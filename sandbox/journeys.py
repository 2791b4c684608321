"""Every way in which a notice can go wrong on its way, the same for all twins."""

from typing import Any

DEFAULT_DELAY_S = 180
REORDERED_WAIT_S = 300

MANNERS = {
    "normal": "正常",
    "twice": "发两次",
    "together": "同时发两次",
    "lost": "丢失，永远不发",
    "held": "扣住，等人放行",
    "delayed": "晚一些发",
    "reordered": "排到下一个通知后面",
    "stale": "时间戳过期",
    "forged": "签名是假的",
    "signtest": "先发一次签名探测",
    "wrong_amount": "签名真，金额不对",
}


def journeys(manner: str, delay_s: float, speed: float) -> list[dict[str, Any]]:
    """What to post for a manner. A spoilt notice is sent once: an attacker keeps no plan of retries."""
    known: dict[str, list[dict[str, Any]]] = {
        "normal": [{}],
        "twice": [{}, {"after_s": 1 / speed}],
        "together": [{}, {}],
        "lost": [{"state": "lost"}],
        "held": [{"state": "held"}],
        "delayed": [{"manner": "delayed", "after_s": delay_s / speed}],
        "reordered": [{"manner": "reordered", "after_s": REORDERED_WAIT_S / speed}],
        "stale": [{"manner": "stale", "once": True}],
        "forged": [{"manner": "forged", "once": True}],
        "signtest": [{"manner": "signtest", "once": True}, {}],
        "wrong_amount": [{"manner": "wrong_amount", "once": True}],
    }
    return known[manner]
