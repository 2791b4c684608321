"""The web server of P2: Canbao as it is, with a channel inside the process.

What the real channel's SDK costs is measured beside it; here it would hide what is ours.
"""

from datetime import UTC, datetime

from canbao.faces.wsgi import application  # isort: skip (it sets Django up, so it comes before the tables)

from canbao.faces import wiring
from tests.support.fake_channel import FakeChannel

_CHANNEL = FakeChannel(datetime.now(UTC), depth=1)
wiring._channels = lambda: {"wechat": _CHANNEL}  # noqa: SLF001 (the one seam between the world and a process)

__all__ = ["application"]
