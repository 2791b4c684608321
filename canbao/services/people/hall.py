"""只在办税服务厅: what a collective bears is declared and paid at the tax hall, by its agent, and nowhere else (CZ-18)."""

from canbao.basics.refusals import ChannelNotSuited
from canbao.services.system.env import Env

# The channels of the hall: what its clerks take themselves.
HALL_CHANNELS = ("cash", "pos", "tax_window")
HALL = "办税服务厅"


def hall_only(env: Env, area_code: str, benefit_year: int) -> ChannelNotSuited:
    """Why money of a collective is not taken here, in the words of the notice where it has some."""
    said = env.packs.get(area_code, benefit_year, env.now).paying.collective_declared_at.known
    reason = f"{said}。" if said else "村集体出了一部分，由协办人员在办税服务厅一起缴。"
    return ChannelNotSuited(reason=reason, channels=HALL)
