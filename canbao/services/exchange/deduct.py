"""批扣 (LZ-18): agreements, batches out to banks, results back. What could not be deducted is payable again.

A batch is made and answered in chunks; a crash anywhere leaves something that the same call finishes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from canbao.basics.genes import bucket_of, parse_out_trade_no
from canbao.basics.refusals import BadInput, Refusal, StatementRefused
from canbao.basics.states import ATTEMPT, ORDER, ORDER_LINE
from canbao.channels.bank import BankFileUnfit, BankFormat, Batch, Line, ResultLine, read_result, write_batch
from canbao.channels.bank.held import NAME
from canbao.channels.port import PaymentFact
from canbao.records.exchange import deduction_lines
from canbao.records.exchange.deduction_lines import Due
from canbao.records.models import Attempt, DeductionBatch, DeductionLine, Mandate
from canbao.records.money.lines import lines_of_orders
from canbao.records.moves import Claim, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money.check import new_order_number
from canbao.services.money.open import KINDS, Opening, open_orders
from canbao.services.money.settle import CURRENCY, Arrival, settle
from canbao.services.people.others import barred_people
from canbao.services.system.env import Env

CHUNK = 500
ANSWERED_WITHIN = timedelta(
    days=10
)  # an order at the bank stays open so long, and until the bank has answered
PROBLEMS = {
    "empty": "文件是空的。",
    "not_a_header": "表头不对。",
    "count_differs": "笔数和明细不一样。",
    "total_differs": "金额合计和明细不一样。",
    "sequence_broken": "序号不连续。",
    "row_of_wrong_width": "有一行列数或者长度不对。",
    "not_a_row": "有一行的金额、时间或者序号不对。",
    "not_in_the_banks_letters": "有一行有银行编码里没有的字。",
    "delimiter_in_a_value": "有一行内容里带了分隔符。",
    "too_long": "有一行内容太长，放不下。",
    "unknown_batch": "没有送过这一批。",
    "not_as_sent": "和送出去的不一样。",
    "answered_before": "这一批已经回过盘，内容不一样。",
}


@dataclass(frozen=True)
class Signing:
    """Both agreements of one person: with us, and between the bank and the account's holder."""

    person_id: int
    bank: str
    account: str
    account_name: str
    agreement_no: str
    payer_agreed_date: date
    bank_agreed_date: date


def sign(env: Env, signings: Sequence[Signing]) -> int:
    """Keep agreements; whoever has one in force keeps it. Returns how many are new.

    Raises:
        BadInput: no account or no number of the agreement, so nobody may be deducted from.
    """
    if not all(one.account.strip() and one.agreement_no.strip() for one in signings):
        raise BadInput(field="agreement", problem="要有本人和银行两份扣款协议，写明账号和协议号。")
    ids = env.new_ids("mandate", [bucket_of(one.person_id) for one in signings])
    made = Mandate.objects.bulk_create(
        (
            Mandate(
                id=id_,
                person_id=one.person_id,
                bank=one.bank,
                account_sealed=env.sealer.seal(one.account, f"mandate:account:{id_}"),
                account_name=one.account_name,
                agreement_no=one.agreement_no,
                payer_agreed_date=one.payer_agreed_date,
                bank_agreed_date=one.bank_agreed_date,
                active_slot=1,
                signed_at=env.now,
            )
            for id_, one in zip(ids, signings, strict=True)
        ),
        ignore_conflicts=True,
    )
    return Mandate.objects.filter(id__in=[row.id for row in made]).count()


def end(person_ids: Sequence[int], on: date) -> int:
    """End agreements; a batch under way is not stopped by it. Returns how many were in force."""
    return Mandate.objects.filter(person__in=list(person_ids), active_slot=1).update(
        active_slot=None, ended_date=on
    )


def make_batch(env: Env, bank: str, batch_no: str, area_code: str, benefit_year: int) -> DeductionBatch:
    """Put everybody who agreed and owes into a batch: an order each, held until the bank answers.

    The same number again goes on where it stopped, and changes nothing once the batch is made.
    """
    batch, _ = DeductionBatch.objects.get_or_create(
        bank=bank,
        batch_no=batch_no,
        defaults={
            "area_code": area_code, "benefit_year": benefit_year, "line_count": 0, "total_fen": 0,
            "made_at": env.now, "made_by": env.actor,
        },
    )  # fmt: skip
    if batch.line_count:
        return batch
    prefix, after = area_code.rstrip("0") if area_code.endswith("00") else area_code, 0
    seq = DeductionLine.objects.filter(batch_id=batch.id).count()
    while chunk := deduction_lines.due(bank, prefix, benefit_year, CHUNK, after):
        after = chunk[-1].mandate_id
        seq += _add(env, batch, _unbarred(env, chunk), seq)
    fens = DeductionLine.objects.filter(batch_id=batch.id).values_list("amount_fen", flat=True)
    batch.line_count, batch.total_fen = len(fens), sum(fens)
    batch.save(update_fields=["line_count", "total_fen"])
    return batch


def _unbarred(env: Env, chunk: Sequence[Due]) -> list[Due]:
    """Without whoever another system has in the employee scheme, elsewhere, or dead (FY-13): nobody looks before a bank takes."""
    barred = barred_people(env, [(row.person_id, row.area_code) for row in chunk])
    return [row for row in chunk if row.person_id not in barred]


def _add(env: Env, batch: DeductionBatch, chunk: Sequence[Due], seq: int) -> int:
    """Orders, attempts and lines of one chunk, together or not at all; somebody who cannot be ordered is left out."""
    if not chunk:
        return 0
    env.serials.warm(dict.fromkeys((*KINDS, "order_no", "deduction_line"), 6 * len(chunk)))
    try:
        return in_one_transaction(lambda: _add_all(env, batch, chunk, seq))
    except Refusal:
        if len(chunk) == 1:
            return 0
    middle = len(chunk) // 2
    first = _add(env, batch, chunk[:middle], seq)
    return first + _add(env, batch, chunk[middle:], seq + first)


def _add_all(env: Env, batch: DeductionBatch, chunk: Sequence[Due], seq: int) -> int:
    openings = []
    for row in chunk:
        order_no, token = new_order_number(env, row.bill_id)
        openings.append(Opening(order_no, token, row.bill_id, "self", row.area_code, lasts=ANSWERED_WITHIN))
    orders = open_orders(env, openings, channel=NAME)
    attempts = [order.first_attempt for order in orders if order.first_attempt]
    numbers = [attempt.out_trade_no for attempt in attempts]
    # Nobody to ask: the bank's word is its file.
    Attempt.objects.filter(bucket__in={row.bucket for row in attempts}, out_trade_no__in=numbers).update(
        query_at=None
    )
    ids = env.new_ids("deduction_line", [order.bucket for order in orders])
    deduction_lines.put_lines(
        [
            {
                "id": id_, "bucket": order.bucket, "batch_id": batch.id, "seq": seq + place, "mandate_id": row.mandate_id,
                "out_trade_no": number, "amount_fen": order.amount_fen,
            }
            for place, (id_, order, row, number) in enumerate(
                zip(ids, orders, chunk, numbers, strict=True), start=1
            )
        ]
    )  # fmt: skip
    return len(chunk)


def batch_file(env: Env, batch: DeductionBatch, how: BankFormat) -> bytes:
    """送盘: the file of a batch, the same however often it is written.

    Raises:
        StatementRefused: a value does not fit the bank's file, with its line.
    """
    lines = [
        Line(
            seq=row["seq"],
            account=env.sealer.open(bytes(row["account_sealed"]), f"mandate:account:{row['mandate_id']}"),
            name=row["account_name"],
            amount_fen=row["amount_fen"],
            agreement_no=row["agreement_no"],
            number=row["out_trade_no"],
        )
        for row in deduction_lines.lines_of(batch.id)
    ]
    try:
        return write_batch(how, Batch(batch.batch_no, env.local_date(batch.area_code, batch.made_at), lines))
    except BankFileUnfit as unfit:
        raise _refused(unfit) from None


@dataclass(frozen=True)
class Answered:
    """What a result file brought: deductions by what became of them in the books."""

    batch_no: str
    paid: int
    failed: int
    parked: int


def receive_result(env: Env, how: BankFormat, body: bytes) -> Answered:
    """回盘: take a bank's result. It must be, line by line, the answer to what was sent; then it is settled in sets.

    What failed is payable again. The same file again changes nothing, and finishes what a crash left.

    Raises:
        StatementRefused: count, sum, sequence or a line disagree: nothing of it is used.
    """
    try:
        result = read_result(how, body)
    except BankFileUnfit as unfit:
        raise _refused(unfit) from None
    batch = DeductionBatch.objects.filter(bank=how.bank, batch_no=result.batch_no).first()
    if batch is None or not batch.line_count:
        raise StatementRefused(problem=PROBLEMS["unknown_batch"])
    _must_be_as_sent(batch, result.lines)
    _keep(env, batch, body)
    parked = _settle(env, how, [line for line in result.lines if line.paid_at])
    failed = [line for line in result.lines if not line.paid_at]
    for start in range(0, len(failed), CHUNK):
        unpaid = failed[start : start + CHUNK]
        env.serials.warm({"event": 4 * len(unpaid)})
        in_one_transaction(lambda unpaid=unpaid: _release(env, unpaid))  # type: ignore[misc]
    for start in range(0, len(result.lines), CHUNK):
        part = result.lines[start : start + CHUNK]
        told = [(_bucket(line), line.number, line.code, line.message[:120]) for line in part]
        deduction_lines.write_answers(batch.id, told)
    DeductionBatch.objects.filter(id=batch.id, answered_at=None).update(answered_at=env.now)
    return Answered(batch.batch_no, len(result.lines) - len(failed) - parked, len(failed), parked)


def _must_be_as_sent(batch: DeductionBatch, lines: Sequence[ResultLine]) -> None:
    sent = deduction_lines.asked_of(batch.id)
    if len(lines) != batch.line_count:
        raise StatementRefused(problem=PROBLEMS["count_differs"])
    for line in lines:
        if sent.get(line.seq) != (line.number, line.amount_fen):
            raise StatementRefused(problem=PROBLEMS["not_as_sent"] + f"第{line.seq + 1}行。")


def _keep(env: Env, batch: DeductionBatch, body: bytes) -> None:
    digest = hashlib.sha256(body).hexdigest()
    mine = DeductionBatch.objects.filter(id=batch.id, result_sha256=None)
    mine.update(result_sha256=digest, result_body=body)
    if not DeductionBatch.objects.filter(id=batch.id, result_sha256=digest).exists():
        raise StatementRefused(problem=PROBLEMS["answered_before"])


def _settle(env: Env, how: BankFormat, lines: Sequence[ResultLine]) -> int:
    """Settle what was deducted; how many could not be booked, and are parked for people."""
    merchant = env.channels[NAME].merchant if NAME in env.channels else how.bank
    facts = [
        PaymentFact(NAME, line.number, line.serial, line.amount_fen, CURRENCY, merchant, line.paid_at)
        for line in lines
        if line.paid_at
    ]
    results = settle(env, [Arrival(fact) for fact in facts])
    return sum(result not in ("settled", "repeated", "surplus") for result in results)


def _release(env: Env, lines: Sequence[ResultLine]) -> None:
    """Close what was not deducted: the attempt failed, its order is over, the bill may be paid in any other way."""
    journal = env.journal()
    buckets = [_bucket(line) for line in lines]
    keys = {"bucket": Column("int", buckets), "out_trade_no": Column("text", [line.number for line in lines])}
    failed = claim(journal, Claim(ATTEMPT, "failed", keys, returning=("order_no",)))
    orders = {
        "bucket": Column("int", [row["bucket"] for row in failed]),
        "order_no": Column("text", [row["order_no"] for row in failed]),
    }
    over = claim(journal, Claim(ORDER, "cancelled", orders, returning=("order_no", "line_buckets")))
    rows = lines_of_orders([(row["bucket"], row["order_no"], row["line_buckets"]) for row in over])
    released = {
        "bucket": Column("int", [row["bucket"] for row in rows]),
        "id": Column("int", [row["id"] for row in rows]),
    }
    claim(journal, Claim(ORDER_LINE, "released", released, clear=("open_slot",)))
    journal.write()


def _bucket(line: ResultLine) -> int:
    return parse_out_trade_no(line.number)[0].bucket


def _refused(unfit: BankFileUnfit) -> StatementRefused:
    where = f"第{unfit.line}行。" if unfit.line else ""
    return StatementRefused(problem=PROBLEMS[unfit.reason] + where)
