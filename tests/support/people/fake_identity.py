"""An identity provider in this process: what it will say is set beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from canbao.channels.identity import IdentityDown, Proof, ProofRefused


@dataclass
class FakeIdentity:
    """Knows whose e-credential is inactive; `down` makes it silent."""

    inactive: set[str] = field(default_factory=set)
    down: bool = False
    codes: dict[str, Proof] = field(default_factory=dict)

    def ask_url(self, purpose: str, level: str, state: str, back: str, at: datetime) -> str:
        query = {"purpose": purpose, "level": level, "state": state, "back": back}
        return f"https://identity.example/ask?{urlencode(query)}"

    def code_of(self, query: Mapping[str, str], at: datetime) -> str:
        if not query.get("code"):
            raise ProofRefused("turned back")
        return query["code"]

    def prove(self, code: str, state: str, at: datetime) -> Proof:
        if self.down:
            raise IdentityDown
        if code not in self.codes:
            raise ProofRefused("no such code")
        return self.codes.pop(code)

    def credential_active(self, id_type: str, number: str, name: str, at: datetime) -> bool | None:
        if self.down:
            raise IdentityDown
        return number not in self.inactive

    def come_back(self, sent_to: str, name: str, number: str) -> dict[str, str]:
        """What a person does there, and the query with which the browser comes back."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(sent_to).query).items()}
        if asked["purpose"] == "activate":
            self.inactive.discard(number)
        code = f"code-{len(self.codes)}-{number[-4:]}"
        level = "face" if asked["level"] == "face" else "real_name"
        self.codes[code] = Proof(level, name, "01", number, number not in self.inactive)
        return {"state": asked["state"], "code": code}
