"""通知渠道: short messages and WeChat template messages out, an outcome for each back."""

from canbao.channels.message.keys import MessageKeys, read_keys
from canbao.channels.message.port import Each, Messenger, Note, Word
from canbao.channels.message.sms import Sms
from canbao.channels.message.wechat import WeChatTemplates

__all__ = ["Each", "MessageKeys", "Messenger", "Note", "Sms", "WeChatTemplates", "Word", "read_keys"]
