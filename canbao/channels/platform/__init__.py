"""全国医保平台: what other systems know of a person, asked one by one (infno 1101) or heard in a daily feed."""

from canbao.channels.platform.client import NationalPlatform, read_keys
from canbao.channels.platform.feed import Change, Feed, FeedUnfit, read_feed
from canbao.channels.platform.port import Answer, Insured, NotAnswered, Platform, Query

__all__ = [
    "Answer",
    "Change",
    "Feed",
    "FeedUnfit",
    "Insured",
    "NationalPlatform",
    "NotAnswered",
    "Platform",
    "Query",
    "read_feed",
    "read_keys",
]
