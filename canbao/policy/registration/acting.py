"""谁能替谁办: self, linked family, a guardian, a village agent, a school; limits by age and number are the pack's.

Whoever acts for another is a proxy to the notices: 阜阳 lets family and staff named by the government pay for
children and old people (FY-06), and lets nobody pay for those of 18 to 50 (FY-08, E13), which wins over it.
"""

from datetime import date
from typing import Literal

from canbao.basics.refusals import Refusal, TooManyLinked
from canbao.policy.admit import too_grown_for_proxy
from canbao.policy.pack import Pack
from canbao.policy.situation import Situation

RELATIONS = {
    "child": "孩子",
    "parent": "父母",
    "spouse": "配偶",
    "family": "其他家人",
    "ward": "我监护的人",
}
"""As what a payer links somebody; the words people choose from."""


def may_link(pack: Pack, situation: Situation, linked: int, on: date) -> Refusal | None:
    """None if one more person, so old, may be linked to a payer who has so many; a limit not stated limits nobody."""
    most = pack.paying.most_linked.known
    if most is not None and linked >= most:
        return TooManyLinked(area=pack.name, most=str(most))
    return too_grown_for_proxy(pack, situation, "proxy", on)


def proof_level(pack: Pack) -> Literal["real_name", "face"]:
    """How sure one must be of somebody before showing their own payments and receipts (LZ-20: by face).

    Amounts and history are never shown for a name and a number alone, whatever a notice allows (FY-19).
    """
    view = pack.queries.get("certificates")
    return "face" if view and view.login.known == "face" else "real_name"
