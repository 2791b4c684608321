r"""A partner's way in: four signed, idempotent calls. The description for programmers is `partner.openapi.json`.

`X-Canbao-Signature` = hex HMAC-SHA256 over `METHOD\nPATH\nX-Canbao-Timestamp\nX-Canbao-Nonce\nSHA256(body)`.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from canbao.basics.refusals import CannotSayYet, KeyUsedOtherwise, NotFound, Refusal, TooManyTries
from canbao.faces import wiring
from canbao.records.models import PartnerCall
from canbao.services.exchange import partner as calls
from canbao.services.exchange.partner import Partner
from canbao.services.people.advise import advise
from canbao.services.system.env import Env

FRESH_WITHIN_S = 300
LARGEST_BODY = 16 * 1024
DESCRIPTION = Path(__file__).with_name("partner.openapi.json")
_STATUS: dict[type[Refusal], int] = {NotFound: 404, TooManyTries: 429, KeyUsedOtherwise: 409}
Work = Callable[[Env, Partner, PartnerCall, Mapping[str, Any]], dict[str, Any]]
WORKS: dict[str, tuple[Work, frozenset[str]]] = {
    "find": (
        lambda env, partner, _, asked: calls.find_bill(env, partner, asked),
        frozenset({"area_code", "name", "number"}),
    ),
    "open": (calls.open_order, frozenset({"bill"})),
    "confirm": (
        lambda env, partner, _, asked: calls.confirm(env, partner, asked),
        frozenset({"out_trade_no", "amount_fen", "txn_no", "paid_at"}),
    ),
}


@require_GET
def description(request: HttpRequest) -> HttpResponse:
    """The four calls as OpenAPI."""
    return HttpResponse(DESCRIPTION.read_bytes(), content_type="application/json")


@csrf_exempt  # the partner's signature is the guard
@require_POST
def call(request: HttpRequest, what: str) -> HttpResponse:
    """find, open or confirm: once a key, however often it comes."""
    env = wiring.env("partner")
    partner = _who(request, env)
    if partner is None:
        return _problem(401, "unsigned", "The signature, its time or the partner is not known.")
    key, asked = request.headers.get("Idempotency-Key", ""), _json(request.body)
    work, needed = WORKS[what]
    if not 8 <= len(key) <= 80:
        return _problem(400, "no_key", "Idempotency-Key has 8 to 80 characters.")
    if asked is None or not needed <= asked.keys():
        return _problem(400, "bad_body", f"A JSON object with {', '.join(sorted(needed))}.")
    try:
        kept = calls.remember(env, partner, key, hashlib.sha256(request.body).hexdigest())
    except KeyUsedOtherwise as refusal:
        return _refused(env, asked, refusal)
    if kept.status is not None:
        return JsonResponse(kept.answer, status=kept.status)
    return _answered(env, partner, kept, work, asked)


def _answered(
    env: Env, partner: Partner, kept: PartnerCall, work: Work, asked: Mapping[str, Any]
) -> HttpResponse:
    """Do it. A definite answer is kept for whoever asks again; what may pass (too many tries, no word from elsewhere yet) is not."""
    try:
        answer = work(env, partner, kept, asked)
    except (TooManyTries, CannotSayYet) as refusal:
        return _refused(env, asked, refusal)
    except Refusal as refusal:
        response = _refused(env, asked, refusal)
        calls.keep_answer(kept, response.status_code, json.loads(response.content))
        return response
    except (ValueError, TypeError):
        return _problem(400, "bad_body", "A value is not of its documented form.")
    calls.keep_answer(kept, 200, answer)
    return JsonResponse(answer)


@require_GET
def query(request: HttpRequest, out_trade_no: str) -> HttpResponse:
    """What became of an attempt."""
    env = wiring.env("partner")
    partner = _who(request, env)
    if partner is None:
        return _problem(401, "unsigned", "The signature, its time or the partner is not known.")
    try:
        return JsonResponse(calls.state_of(env, partner, out_trade_no))
    except NotFound as refusal:
        return _refused(env, {}, refusal)


def _who(request: HttpRequest, env: Env) -> Partner | None:
    """The partner whose secret signed this request, if it was signed within five minutes."""
    headers = request.headers
    known = wiring.partners().get(headers.get("X-Canbao-Partner", ""))
    stamp, nonce = headers.get("X-Canbao-Timestamp", ""), headers.get("X-Canbao-Nonce", "")
    if (
        known is None
        or len(request.body) > LARGEST_BODY
        or not (stamp.isascii() and stamp.isdigit() and nonce)
    ):
        return None
    if abs(int(stamp) - env.now.timestamp()) > FRESH_WITHIN_S:
        return None
    digest = hashlib.sha256(request.body).hexdigest()
    signed = "\n".join((request.method or "", request.path, stamp, nonce, digest))
    wanted = hmac.new(known.secret, signed.encode(), hashlib.sha256).hexdigest()
    given = headers.get("X-Canbao-Signature", "")
    return known.partner if hmac.compare_digest(wanted.encode(), given.encode()) else None


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _refused(env: Env, asked: Mapping[str, Any], refusal: Refusal) -> JsonResponse:
    """A refusal in both languages: `detail` for the programmer, the five parts for the payer."""
    area = str(asked.get("area_code", ""))
    advice = advise(env, area if env.areas.knows(area) else None, refusal)
    told = {
        "code": refusal.code,
        "title": type(refusal).__name__,
        "detail": "See user_message_zh; the payer can act on it.",
        "user_message_zh": f"{advice.heading}。{advice.why}",
        "next_step": list(advice.steps),
    }
    status = _STATUS.get(type(refusal), 422)
    return JsonResponse(told, status=status, content_type="application/problem+json")


def _problem(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse(
        {"code": code, "detail": detail}, status=status, content_type="application/problem+json"
    )
