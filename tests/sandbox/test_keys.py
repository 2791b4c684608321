"""The keys: made once, kept to their owner, complete or absent."""

import json
import stat

import pytest

from sandbox.wechat.keys import load_keys, make_keys


def test_keys_stay_and_the_address_follows(home):
    before = json.loads((home / "merchant.json").read_text())

    told = make_keys(home, "http://127.0.0.1:9999/")
    after = json.loads(told.read_text())

    assert after["base_url"] == "http://127.0.0.1:9999"
    kept = ("appid", "mchid", "apiv3_key", "merchant_cert_serial", "platform_public_key_id")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert after["merchant_private_key_path"] == str(home / "merchant_key.pem")


@pytest.mark.parametrize("name", ["merchant.json", "merchant_key.pem", "platform_key.pem"])
def test_a_secret_is_for_its_owner_only(keys_home, name):
    assert stat.S_IMODE((keys_home / name).stat().st_mode) == 0o600


def test_making_that_broke_off_is_made_anew(home):
    (home / "merchant.json").unlink()
    old = (home / "platform_key.pem").read_bytes()

    make_keys(home, "http://sandbox.example")

    assert (home / "platform_key.pem").read_bytes() != old
    assert load_keys(home).platform_key_id.startswith("PUB_KEY_ID_")
    assert not list(home.glob("*.draft"))


def test_a_home_without_keys_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_keys(tmp_path)
