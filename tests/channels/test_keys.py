"""The merchant file: read whole, or refused before anything is asked."""

import json

import pytest

from canbao.channels.wechat import WeChatPay, read_keys


@pytest.fixture
def facts(home):
    return json.loads((home / "merchant.json").read_text())


@pytest.fixture
def write(tmp_path):
    def write(told) -> object:
        path = tmp_path / "merchant.json"
        path.write_text(told if isinstance(told, str) else json.dumps(told))
        return path

    return write


def test_a_merchant_file_makes_a_channel(facts, write):
    keys = read_keys(write(facts))

    assert (keys.appid, keys.mchid) == (facts["appid"], facts["mchid"])
    assert keys.base_url == facts["base_url"]
    assert WeChatPay(keys).merchant == facts["mchid"]


def test_without_an_address_it_is_the_real_platform(facts, write):
    del facts["base_url"]

    assert read_keys(write(facts)).base_url is None


def test_no_secret_shows_when_the_keys_are_printed(facts, write):
    shown = repr(read_keys(write(facts)))

    assert facts["mchid"] in shown
    assert facts["apiv3_key"] not in shown
    assert "PRIVATE KEY" not in shown


@pytest.mark.parametrize(
    "name",
    [
        "appid",
        "mchid",
        "apiv3_key",
        "merchant_private_key_path",
        "merchant_cert_serial",
        "platform_public_key_path",
        "platform_public_key_id",
    ],
)
def test_a_missing_part_is_named(facts, write, name):
    del facts[name]

    with pytest.raises(KeyError, match=name):
        read_keys(write(facts))


@pytest.mark.parametrize(
    "changes",
    [
        {"apiv3_key": "short"},
        {"apiv3_key": "钥" * 32},
        {"apiv3_key": 5},
        {"platform_public_key_id": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"},
        {"mchid": 1900000001},
        {"mchid": ""},
        {"base_url": ""},
    ],
)
def test_an_unfit_part_is_refused(facts, write, changes):
    with pytest.raises(ValueError, match=r"32 bytes|PUB_KEY_ID_|is a text"):
        read_keys(write(facts | changes))


@pytest.mark.parametrize("text", ["", "not json", "[]", '"words"'])
def test_a_file_that_is_no_json_object_is_refused(write, text):
    with pytest.raises(ValueError, match=r"one JSON object|Expecting value"):
        read_keys(write(text))


@pytest.mark.parametrize("which", ["merchant_private_key_path", "platform_public_key_path"])
@pytest.mark.parametrize("content", ["", "\n", "not a key", "钥"])
def test_a_key_that_is_no_key_is_refused_before_anything_is_asked(facts, write, tmp_path, which, content):
    """Without a public key the SDK would ask the platform for its certificates."""
    path = tmp_path / "key.pem"
    path.write_text(content)

    with pytest.raises(ValueError, match=r"cannot be read|not an RSA key|ascii"):
        read_keys(write(facts | {which: str(path)}))


def test_a_file_that_is_not_there_is_an_error_of_the_system(facts, write, tmp_path):
    with pytest.raises(FileNotFoundError):
        read_keys(tmp_path / "absent.json")
    with pytest.raises(FileNotFoundError):
        read_keys(write(facts | {"platform_public_key_path": str(tmp_path / "absent.pem")}))
