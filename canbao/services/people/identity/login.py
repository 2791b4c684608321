"""登录和激活: a provider proves who somebody is; what it said is kept for half an hour behind a cookie.

Levels rise: name and number (no login at all), real name, face. The network is asked outside any transaction.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from canbao.basics.documents import mask_name, normal_name, normal_number
from canbao.basics.refusals import IdentityUnavailable, ProofMissing
from canbao.channels.identity import IdentityDown, IdentityProvider, Proof, ProofRefused
from canbao.channels.identity.port import Level, Purpose
from canbao.records.models import Login
from canbao.records.money.orders import bucket_of_token, new_token
from canbao.services.system.env import Env

LASTS = timedelta(minutes=30)
LEVELS = ("name_and_number", "real_name", "face")
LEVEL_WORDS = {"real_name": "实名", "face": "人脸实名"}


@dataclass(frozen=True)
class Holder:
    """Who is logged in. `index` is what the number is found by."""

    name: str = field(repr=False)
    id_type: str
    number: str = field(repr=False)
    level: str
    credential_active: bool | None

    @property
    def masked_name(self) -> str:
        """For the top of a page."""
        return mask_name(self.name)


def ask_url(env: Env, purpose: Purpose, level: Level, state: str, back: str) -> str:
    """Where to send the browser, so that it comes back to `back` with a proof. Raises IdentityUnavailable."""
    return _provider(env).ask_url(purpose, level, state, back, env.now)


def prove(env: Env, query: Mapping[str, str], state: str) -> tuple[str, Holder]:
    """Take what the browser brought back: a login, by its token, and whose it is.

    Raises:
        ProofMissing: forged, stale, used before, or the person turned back. IdentityUnavailable: no answer.
    """
    provider = _provider(env)
    try:
        proof = provider.prove(provider.code_of(query, env.now), state, env.now)
    except ProofRefused:
        raise ProofMissing(reason="认证没有办成。", level="实名") from None
    except IdentityDown:
        raise IdentityUnavailable from None
    return keep(env, proof)


def holder_of(env: Env, token: str | None, level: Level = "real_name") -> Holder | None:
    """Who holds this token, if the login lasts and is as sure as `level`; else None."""
    if not token:
        return None
    held = Login.objects.filter(bucket=bucket_of_token(token), token_hash=_hash(token))
    row = held.filter(expires_at__gt=env.now).first()
    if row is None or LEVELS.index(row.level) < LEVELS.index(level):
        return None
    plain = json.loads(env.sealer.open(bytes(row.holder_sealed), _place(row.id)))
    return Holder(**plain, level=row.level, credential_active=row.credential_active)


def require(env: Env, token: str | None, level: Level, reason: str) -> Holder:
    """The holder of a login that is sure enough.

    Raises:
        ProofMissing: there is none; the page offers to log in at this level and comes back.
    """
    found = holder_of(env, token, level)
    if found is None:
        raise ProofMissing(reason=reason, level=LEVEL_WORDS[level])
    return found


def log_out(env: Env, token: str | None) -> None:
    """End a login at once."""
    if token:
        Login.objects.filter(bucket=bucket_of_token(token), token_hash=_hash(token)).delete()


def credential_active(env: Env, id_type: str, number: str, name: str) -> bool | None:
    """Whether somebody's e-credential is active (FY-07). None: nobody can say, which is never a no."""
    if env.identity is None:
        return None
    try:
        return env.identity.credential_active(id_type, number, name, env.now)
    except (IdentityDown, ProofRefused):
        return None


def forget_logins(env: Env) -> int:
    """Drop the logins that are over. Returns how many."""
    return Login.objects.filter(expires_at__lt=env.now).delete()[0]


def keep(env: Env, proof: Proof) -> tuple[str, Holder]:
    """Log the holder of a proof in: the token, and who it is."""
    name, number = normal_name(proof.name), normal_number(proof.number)
    bucket = env.sealer.bucket(proof.id_type, number)
    token = new_token(bucket, env.new_token())
    (id_,) = env.new_ids("login", [bucket])
    plain = {"name": name, "id_type": proof.id_type, "number": number}
    Login.objects.create(
        id=id_,
        token_hash=_hash(token),
        holder_sealed=env.sealer.seal(json.dumps(plain, ensure_ascii=False), _place(id_)),
        level=proof.level,
        credential_active=proof.credential_active,
        created_at=env.now,
        expires_at=env.now + LASTS,
    )
    return token, Holder(name, proof.id_type, number, proof.level, proof.credential_active)


def _provider(env: Env) -> IdentityProvider:
    if env.identity is None:
        raise IdentityUnavailable
    return env.identity


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _place(login_id: int) -> str:
    return f"login:holder:{login_id}"
