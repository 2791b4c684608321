"""Identity documents: how a number is normalised, checked and masked.

The resident ID number is checked by its digit (ISO 7064 MOD 11-2) and its date, never by a
list of counties: real numbers carry county codes that were abolished long ago.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date

from stdnum.iso7064 import mod_11_2

RESIDENT_ID = "01"  # psn_cert_type 身份证(户口簿)
BIRTH_CERTIFICATE = "99"  # psn_cert_type 其他: a newborn's number until it has an ID number (CZ-04, FY-09)
OLDEST_AGE = 120


@dataclass(frozen=True)
class ResidentId:
    """What an 18-digit resident ID number says about its holder."""

    number: str
    birth_date: date
    sex: str  # "male" or "female"


class BadNumber(ValueError):
    """The number cannot be one; `reason` is one of length, digits, check, date, certificate."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def normal_number(text: str) -> str:
    """One spelling for all: NFKC (full-width digits), no spaces or hyphens, capital X."""
    return "".join(ch for ch in _visible(text) if not ch.isspace() and ch not in "-‐‑‒–—").upper()


def normal_name(text: str) -> str:
    """One spelling of a name: NFKC, no spaces, one kind of middle dot. Rare characters stay as they are."""
    dots = str.maketrans({"•": "·", "・": "·", "‧": "·", "∙": "·", "．": "·", ".": "·"})
    return "".join(_visible(text).translate(dots).split())


def _visible(text: str) -> str:
    """NFKC, less what nobody sees: chat programs slip in zero-width marks (category Cf)."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(ch for ch in plain if unicodedata.category(ch) != "Cf")


def parse_resident_id(text: str, today: date) -> ResidentId:
    """Check a resident ID number and read birthday and sex from it.

    Raises:
        BadNumber: wrong length, wrong characters, wrong check digit, or an impossible date.
    """
    number = normal_number(text)
    if len(number) != 18:
        raise BadNumber("length")
    if not number.isascii() or not number[:17].isdigit() or number[17] not in "0123456789X":
        raise BadNumber("digits")
    if not mod_11_2.is_valid(number):
        raise BadNumber("check")
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise BadNumber("date") from error
    if not today.year - OLDEST_AGE <= birth.year or birth > today:
        raise BadNumber("date")
    return ResidentId(number, birth, "male" if int(number[16]) % 2 else "female")


def id_type_of(text: str) -> str:
    """Which kind of document a typed number is of: one that begins with a letter is a birth certificate's."""
    return BIRTH_CERTIFICATE if normal_number(text)[:1].isalpha() else RESIDENT_ID


def parse_birth_certificate(text: str) -> str:
    """The number of a 出生医学证明, normalised: one letter and nine digits. It says nothing about its holder.

    Raises:
        BadNumber: it is no such number.
    """
    number = normal_number(text)
    if not (len(number) == 10 and number.isascii() and number[0].isalpha() and number[1:].isdigit()):
        raise BadNumber("certificate")
    return number


def mask_number(number: str) -> str:
    """`341225199001011223` → `3412**********1223`."""
    return number[:4] + "*" * (len(number) - 8) + number[-4:] if len(number) > 8 else "*" * len(number)


def mask_name(name: str) -> str:
    """`李小兰` → `李*兰`, `李兰` → `李*`: enough to recognise, too little to learn."""
    if len(name) < 3:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]
