"""The web server of P2: Canbao as it is, with a channel inside the process.

What the real channel's SDK costs is measured beside it; here it would hide what is ours.
"""

from datetime import UTC, datetime

from canbao.faces import wiring
from canbao.faces.wsgi import application
from tests.support.fake_channel import FakeChannel

wiring._channels = lambda: {"wechat": _CHANNEL}  # noqa: SLF001 (the one seam between the world and a process)
_CHANNEL = FakeChannel(datetime.now(UTC), depth=1)

__all__ = ["application"]
