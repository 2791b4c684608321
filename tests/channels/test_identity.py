"""身份: the signed redirect there and back, against the sandbox as a program; forged, stale and used words are refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from canbao.channels.identity import IdentityDown, ProofRefused, SignedRedirect, read_keys
from tests.support.sandbox import running_sandbox

NAME, NUMBER = "李小兰", "341299195510010187"
LAZY = "341299196001019296"  # 929 before the check digit: not active before it is activated
BACK = "http://127.0.0.1:9/identity/back/"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedRedirect]:
    home = tmp_path_factory.mktemp("identity") / "sandbox"
    with running_sandbox(home):
        yield SignedRedirect(read_keys(home / "identity.json"))


def now() -> datetime:
    return datetime.now(UTC)


def come_back(provider: SignedRedirect, *, purpose: str = "login", state: str = "s1", **form: str):
    """What a person does at the provider; the query with which the browser comes back."""
    url = provider.ask_url(purpose, "real_name", state, BACK, now())  # type: ignore[arg-type]
    asked = dict(parse_qsl(urlsplit(url).query))
    said = {"outcome": "prove", "name": NAME, "number": NUMBER, **asked, **form}
    answer = httpx.post(url.partition("?")[0], data=said, trust_env=False)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith(BACK)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def test_a_proof_comes_back_signed_and_says_who_and_how_surely(provider):
    query = come_back(provider)
    proof = provider.prove(provider.code_of(query, now()), "s1", now())
    assert (proof.name, proof.number, proof.level, proof.credential_active) == (
        NAME,
        NUMBER,
        "real_name",
        True,
    )


def test_no_address_says_who_is_meant(provider):
    query = come_back(provider)
    assert NUMBER not in str(query)
    assert NAME not in str(query)


def test_a_code_is_good_once_and_for_its_own_question(provider):
    code = provider.code_of(come_back(provider), now())
    with pytest.raises(ProofRefused):
        provider.prove(code, "another", now())
    with pytest.raises(ProofRefused):
        provider.prove(code, "s1", now())


@pytest.mark.parametrize("changed", ["state", "code", "at", "sign"])
def test_a_redirect_that_somebody_changed_is_refused(provider, changed):
    query = come_back(provider)
    query[changed] = query[changed][:-2] + ("11" if changed == "at" else "xx")
    with pytest.raises(ProofRefused):
        provider.code_of(query, now())


def test_a_redirect_of_yesterday_is_refused(provider):
    query = come_back(provider)
    with pytest.raises(ProofRefused):
        provider.code_of(query, now() + timedelta(minutes=6))


def test_who_turns_back_brings_no_code(provider):
    query = come_back(provider, outcome="cancel")
    with pytest.raises(ProofRefused):
        provider.code_of(query, now())


def test_a_credential_is_active_once_it_was_activated(provider):
    """FY-07."""
    assert provider.credential_active("01", NUMBER, NAME, now()) is True
    assert provider.credential_active("01", LAZY, NAME, now()) is False
    come_back(provider, purpose="activate", number=LAZY)
    assert provider.credential_active("01", LAZY, NAME, now()) is True


def test_the_provider_answers_its_own_client_alone(provider):
    url = provider.ask_url("login", "face", "s", BACK, now())
    assert httpx.get(url, trust_env=False).status_code == 200
    assert httpx.get(url.replace("face", "real_name"), trust_env=False).status_code == 403
    old = provider.ask_url("login", "face", "s", BACK, now() - timedelta(minutes=6))
    assert httpx.get(old, trust_env=False).status_code == 403
    answer = httpx.post(
        url.partition("/identity")[0] + "/identity/credential", content=b"{}", trust_env=False
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("status", [500, 502])
def test_no_answer_is_no_no(provider, status):
    silent = SignedRedirect(provider._keys, httpx.MockTransport(lambda _: httpx.Response(status)))
    with pytest.raises(IdentityDown):
        silent.credential_active("01", NUMBER, NAME, now())


def test_an_answer_that_nobody_signed_is_refused(provider):
    forged = httpx.MockTransport(lambda _: httpx.Response(200, json={"credential": "active"}))
    with pytest.raises(ProofRefused):
        SignedRedirect(provider._keys, forged).credential_active("01", NUMBER, NAME, now())


def test_keys_that_are_none_are_told(tmp_path: Path):
    with pytest.raises(OSError, match="nothing"):
        read_keys(tmp_path / "nothing.json")
