"""What an application says: who, where, as what, on what ground. Sealed in the table, a frozen value here."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from canbao.basics.documents import (
    BIRTH_CERTIFICATE,
    RESIDENT_ID,
    BadNumber,
    id_type_of,
    parse_birth_certificate,
    parse_resident_id,
)
from canbao.basics.refusals import BadInput, NotFound
from canbao.records.models import Application
from canbao.records.money.orders import bucket_of_token
from canbao.services.people.guide import NUMBER_PROBLEMS
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Document:
    """A number that was checked, and what it says of its holder; a birth certificate's says nothing."""

    id_type: str
    number: str
    birth_date: date | None = None
    sex: str | None = None


@dataclass(frozen=True)
class Form:
    """Everything asked. What has a default is filled in page by page.

    `given_by`: self or proxy (a guardian, named in `guardian`). `ground`: a word of policy's grounds, or other.
    `of_department`: whether the person is of a group that a department registers; None: not asked yet.
    """

    name: str
    id_type: str
    number: str
    birth_date: date
    sex: str
    given_by: str
    area_code: str
    guardian: str = ""
    unit_code: str | None = None
    address: str = ""
    ground: str | None = None
    person_class: str | None = None
    of_department: bool | None = None
    declarations: tuple[str, ...] = ()


def checked_document(text: str, today: date) -> Document:
    """The typed number of an ID card or a birth certificate.

    Raises:
        BadInput: it can be neither; with the one thing that is wrong.
    """
    try:
        if id_type_of(text) == BIRTH_CERTIFICATE:
            return Document(BIRTH_CERTIFICATE, parse_birth_certificate(text))
        holder = parse_resident_id(text, today)
    except BadNumber as bad:
        raise BadInput(field="number", problem=NUMBER_PROBLEMS[bad.reason]) from None
    return Document(RESIDENT_ID, holder.number, holder.birth_date, holder.sex)


def seal_form(env: Env, application_id: int, form: Form) -> bytes:
    """The form as the table keeps it."""
    plain = asdict(form) | {"birth_date": form.birth_date.isoformat()}
    return env.sealer.seal(json.dumps(plain, ensure_ascii=False), _place(application_id))


def form_of(env: Env, application: Application) -> Form:
    """The form of an application."""
    plain: dict[str, Any] = json.loads(
        env.sealer.open(bytes(application.content_sealed), _place(application.id))
    )
    plain["birth_date"] = date.fromisoformat(plain["birth_date"])
    plain["declarations"] = tuple(plain["declarations"])
    known = {item.name for item in fields(Form)}
    return Form(**{name: value for name, value in plain.items() if name in known})


def application_of(token: str) -> Application:
    """The application that a token opens.

    Raises:
        NotFound: none.
    """
    found = Application.objects.filter(bucket=bucket_of_token(token), token=token).first()
    if found is None:
        raise NotFound
    return found


def _place(application_id: int) -> str:
    return f"registration_application:content:{application_id}"
