"""Every twin's keys at once, in the sandbox's home."""

from pathlib import Path

from sandbox.alipay.keys import make_keys as make_alipay_keys
from sandbox.identity.keys import make_identity_keys
from sandbox.inbox.keys import make_sender as make_inbox_keys
from sandbox.medical.keys import make_partner as make_medical_partner
from sandbox.platform.keys import make_sender as make_platform_keys
from sandbox.tax.keys import make_partner
from sandbox.unionpay.keys import make_keys as make_unionpay_keys
from sandbox.wechat.keys import make_keys as make_wechat_keys


def make_keys(home: Path, base_url: str, public_url: str | None = None) -> list[Path]:
    """Make what is absent; the files for whoever speaks with them, one a twin."""
    return [
        make_wechat_keys(home, base_url),
        make_alipay_keys(home, base_url, public_url),
        make_unionpay_keys(home, base_url, public_url),
        make_identity_keys(home, base_url, public_url),
        make_partner(home, base_url),
        make_medical_partner(home, base_url),
        make_platform_keys(home, base_url),
        make_inbox_keys(home, base_url),
    ]
