"""What must hold over all rows, each as one statement that finds the rows that break it.

The letters are those of `docs/reliability.md`. A statement returns `id`, `area_code` and `found`,
what stands there instead. `at_rest` ones may be broken for a while as work goes on; they hold when
nothing is under way any more. `%(now)s` is the only parameter.
"""

from dataclasses import dataclass

from canbao.basics import accounts
from canbao.basics.states import ALL_TABLES, StateTable
from canbao.records import sets
from canbao.records.moves import TABLES
from canbao.records.people.changes import rebuild

_CLEARING = accounts.channel_clearing("")
# A refunded bill was settled once: its entries, its line and its record stay.
_WAS_SETTLED = "('settled', 'refunded')"
_OWED = accounts.overpayment("")
_IN_HAND = accounts.cash_in_hand("")
# Why a channel holds more although nobody has paid: a difference found, a day of refunds taken back, cash handed in,
# money that nobody can name the owner of.
_NO_RECEIPTS = (
    f"('cure', 'remitted', '{accounts.OUT_OF_HAND}', '{accounts.DRAWER_DIFFERS}', '{accounts.PARKED}')"
)


@dataclass(frozen=True)
class Invariant:
    """One sentence that must be true, and the statement that finds where it is not. `table`: whose `id` it is."""

    code: str
    name: str
    sentence: str
    table: str
    sql: str
    at_rest: bool = False


def invariants() -> list[Invariant]:
    """All of them, in the words of the connected engine."""
    return [
        *_ledger(), *_bills(), *_cover(), *_orders(), *_amounts(), *_tax_side(), *_register(), *_trail(),
        *_people(), *_tills(), *_rest(),
    ]  # fmt: skip


def _shares() -> str:
    """The shares of a bill `b` as rows `s(key, value)`: payer and fen."""
    if sets.on_postgres():
        return "LATERAL jsonb_each_text(b.shares) AS s(key, value) ON TRUE"
    return "json_each(b.shares) s ON TRUE"


def _ledger() -> list[Invariant]:
    return [
        Invariant("I1", "entry_balances", "每条分录一借一贷，金额大于零。", "entry",
            "SELECT e.id, '' AS area_code, e.debit || ' / ' || e.credit || ' / ' || e.amount_fen AS found "
            "FROM entry e WHERE e.amount_fen <= 0 OR e.debit = e.credit"),
        Invariant("I1", "key_once", "同一笔账只记一次：分录的键不重复。", "entry",
            "SELECT max(e.id) AS id, '' AS area_code, e.key AS found FROM entry e GROUP BY e.key HAVING count(*) > 1"),
        Invariant("I1", "entry_has_its_bill", "按应缴单记的分录，键里写的就是那张应缴单，而且它在。", "entry",
            "SELECT e.id, '' AS area_code, e.key AS found FROM entry e "
            "LEFT JOIN bill b ON b.bucket = e.bucket AND b.id = e.bill_id WHERE e.key LIKE 'bill:%%' "
            "AND (b.id IS NULL OR e.key NOT LIKE 'bill:' || CAST(e.bill_id AS text) || ':%%')"),
        # What a channel pays after a second route was chosen lies in suspense, under its own reason.
        Invariant("I4", "never_more_back_than_paid", "一张订单退回的钱不多于收到的钱。", "entry",
            "SELECT max(e.id) AS id, '' AS area_code, e.order_no AS found FROM entry e WHERE e.order_no IS NOT NULL "
            f"GROUP BY e.order_no HAVING sum(CASE WHEN e.credit LIKE '{_CLEARING}%%' AND e.reason <> 'refund_twice' THEN e.amount_fen ELSE 0 END) "
            f"> sum(CASE WHEN e.debit LIKE '{_CLEARING}%%' THEN e.amount_fen ELSE 0 END)"),
    ]  # fmt: skip


def _bills() -> list[Invariant]:
    return [
        Invariant("I2", "bill_paid_once", "应缴单结清，当且仅当有一张订单（settled_by）的一行结清了它。", "bill",
            "SELECT b.id, b.area_code, b.state || ', ' || coalesce(l.n, 0) AS found FROM bill b LEFT JOIN "
            "(SELECT bucket, bill_id, count(*) AS n, max(order_no) AS order_no FROM order_line WHERE state = 'settled' "
            "GROUP BY bucket, bill_id) l ON l.bucket = b.bucket AND l.bill_id = b.id "
            f"WHERE (b.state IN {_WAS_SETTLED} AND (coalesce(l.n, 0) <> 1 OR l.order_no <> coalesce(b.settled_by, ''))) "
            f"OR (b.state NOT IN {_WAS_SETTLED} AND l.n > 0)"),
        Invariant("I2", "shares_booked", "结清的应缴单，每一方的金额都照数记了账。", "bill",
            "SELECT b.id, b.area_code, s.key || ': ' || coalesce(CAST(e.amount_fen AS text), '-') AS found "
            f"FROM bill b JOIN {_shares()} "
            "LEFT JOIN entry e ON e.bucket = b.bucket AND e.key = 'bill:' || CAST(b.id AS text) || ':' || s.key "
            f"WHERE b.state IN {_WAS_SETTLED} AND CAST(s.value AS bigint) > 0 AND (e.id IS NULL OR e.amount_fen <> CAST(s.value AS bigint) OR e.credit <> "
            "'contribution:' || CAST(b.benefit_year AS text) || ':' || s.key)"),
        Invariant("I2", "nothing_booked_unsettled", "没有结清的应缴单，没有缴费入账。", "entry",
            "SELECT e.id, b.area_code, b.state AS found FROM entry e "
            "JOIN bill b ON b.bucket = e.bucket AND b.id = e.bill_id "
            f"WHERE e.key LIKE 'bill:%%' AND b.state NOT IN {_WAS_SETTLED}"),
        Invariant("I2", "record_for_each", "结清的应缴单，有一条缴费记录，人、年度、金额都相同。", "bill",
            "SELECT b.id, b.area_code, coalesce(r.receipt_no, '-') AS found FROM bill b "
            f"LEFT JOIN contribution_record r ON r.bucket = b.bucket AND r.bill_id = b.id WHERE b.state IN {_WAS_SETTLED} "
            "AND (r.id IS NULL OR r.person_id <> b.person_id OR r.benefit_year <> b.benefit_year "
            "OR coalesce(r.amount_fen, -1) <> b.amount_fen OR r.receipt_no IS NULL)"),
        Invariant("I2", "record_of_a_settled_bill", "缴费记录指着的应缴单，都已结清；作废的，应缴单已退费。", "contribution_record",
            "SELECT r.id, r.area_code, coalesce(b.state, '-') AS found FROM contribution_record r "
            "LEFT JOIN bill b ON b.bucket = r.bucket AND b.id = r.bill_id WHERE r.bill_id IS NOT NULL AND "
            "coalesce(b.state, '') <> CASE WHEN r.refunded_at IS NULL THEN 'settled' ELSE 'refunded' END"),
    ]  # fmt: skip


def _cover() -> list[Invariant]:
    return [
        Invariant("I3", "one_cover_a_year", "一个人一年只有一份待遇，不论在哪个地区。", "coverage",
            "SELECT max(c.id) AS id, max(c.area_code) AS area_code, CAST(c.cover_year AS text) AS found FROM coverage c "
            "WHERE c.state = 'active' GROUP BY c.person_id, c.cover_year HAVING count(*) > 1"),
        Invariant("I3", "cover_has_its_ground", "因缴费生效的待遇，背后是这个人自己结清的应缴单。", "coverage",
            "SELECT c.id, c.area_code, coalesce(b.state, '-') AS found FROM coverage c "
            "LEFT JOIN bill b ON b.bucket = c.bucket AND b.id = c.bill_id WHERE c.state = 'active' "
            "AND c.origin = 'settled' AND (coalesce(b.state, '') <> 'settled' OR b.person_id <> c.person_id)"),
        Invariant("I3", "settled_is_covered", "应缴单结清了，待遇就在，日子和应缴单上的一样。", "bill",
            "SELECT b.id, b.area_code, coalesce(CAST(c.from_date AS text), '-') AS found FROM bill b LEFT JOIN "
            "(SELECT bucket, bill_id, min(cover_from_date) AS from_date, max(cover_until_date) AS until_date, "
            "min(cover_year) AS first_year FROM coverage WHERE state = 'active' GROUP BY bucket, bill_id) c "
            "ON c.bucket = b.bucket AND c.bill_id = b.id WHERE b.state = 'settled' AND (c.bill_id IS NULL "
            "OR (b.cover_from_date IS NULL AND c.first_year <> b.benefit_year) OR (b.cover_from_date IS NOT NULL "
            "AND (c.from_date IS NULL OR c.from_date <> b.cover_from_date OR c.until_date <> b.cover_until_date)))"),
        Invariant("I3", "one_paid_year", "一个人一个年度只缴一次费。", "bill",
            "SELECT max(b.id) AS id, max(b.area_code) AS area_code, CAST(b.benefit_year AS text) AS found FROM bill b "
            "WHERE b.state = 'settled' GROUP BY b.person_id, b.benefit_year HAVING count(*) > 1"),
        Invariant("I11", "area_is_kept", "待遇和缴费记录的参保地，就是应缴单的参保地。", "contribution_record",
            "SELECT r.id, r.area_code, b.area_code AS found FROM contribution_record r "
            "JOIN bill b ON b.bucket = r.bucket AND b.id = r.bill_id WHERE b.area_code <> r.area_code"),
    ]  # fmt: skip


def _orders() -> list[Invariant]:
    booked = (
        "(SELECT out_trade_no, debit, sum(amount_fen) AS fen FROM entry WHERE out_trade_no IS NOT NULL "
        f"AND refund_no IS NULL AND debit LIKE '{_CLEARING}%%' AND reason <> '{accounts.PARKED}' "
        "GROUP BY out_trade_no, debit) e"
    )
    return [
        Invariant("I8", "paid_is_booked", "支付成功，当且仅当账上有它的全部金额，记在它自己的渠道。", "attempt",
            "SELECT a.id, '' AS area_code, a.state || ', ' || coalesce(e.fen, 0) AS found FROM attempt a "
            f"LEFT JOIN {booked} ON e.out_trade_no = a.out_trade_no WHERE (a.state = 'paid' AND (e.fen IS NULL "
            f"OR e.fen <> a.amount_fen OR e.debit <> '{_CLEARING}' || a.channel)) "
            "OR (a.state <> 'paid' AND e.fen IS NOT NULL)"),
        Invariant("I8", "booked_was_attempted", "账上收到的钱，都有自己的支付尝试。", "entry",
            "SELECT e.id, '' AS area_code, coalesce(e.out_trade_no, '-') AS found FROM entry e "
            "LEFT JOIN attempt a ON a.out_trade_no = e.out_trade_no "
            f"WHERE e.debit LIKE '{_CLEARING}%%' AND a.id IS NULL AND e.reason NOT IN {_NO_RECEIPTS}"),
        Invariant("I8", "order_paid_by_its_attempt", "已付的订单，是被自己的一次成功支付付掉的。", "payment_order",
            "SELECT o.id, o.entry_area_code AS area_code, o.state || ', ' || coalesce(a.state, '-') AS found "
            "FROM payment_order o LEFT JOIN attempt a ON a.bucket = o.bucket AND a.out_trade_no = o.paid_by "
            "AND a.order_no = o.order_no WHERE o.amount_fen > 0 AND o.state IN ('paid', 'settled') "
            "AND coalesce(a.state, '') <> 'paid'"),
        Invariant("I8", "attempt_pays_its_order", "一次支付成功了，订单就不会还没付。", "attempt",
            "SELECT a.id, coalesce(o.entry_area_code, '') AS area_code, coalesce(o.state, '-') AS found FROM attempt a "
            "LEFT JOIN payment_order o ON o.bucket = a.bucket AND o.order_no = a.order_no "
            "WHERE a.state = 'paid' AND coalesce(o.state, '') NOT IN ('paid', 'settled')"),
        Invariant("I8", "lines_follow_their_order", "订单结清，每一行都有结果；没有付的订单，没有一行有结果。", "order_line",
            "SELECT l.id, o.entry_area_code AS area_code, o.state || ', ' || l.state AS found FROM order_line l "
            "JOIN payment_order o ON o.order_no = l.order_no "
            "WHERE (o.state = 'settled' AND l.state NOT IN ('settled', 'surplus')) "
            "OR (o.state NOT IN ('paid', 'settled') AND l.state IN ('settled', 'surplus')) "
            "OR (o.state IN ('expired', 'cancelled') AND l.state <> 'released')"),
        Invariant("I7", "told_only_what_is_kept", "回调按“已入账”办结的，那笔支付就是成功的。", "callback",
            "SELECT k.id, '' AS area_code, coalesce(a.state, '-') AS found FROM callback k "
            "LEFT JOIN attempt a ON a.bucket = k.bucket AND a.out_trade_no = k.out_trade_no "
            "WHERE k.state = 'settled' AND k.out_trade_no NOT LIKE 'TF%%' AND coalesce(a.state, '') <> 'paid'"),
        Invariant("I7", "told_of_a_refund_that_ended", "退费回调按“已入账”办结的，那笔退费就有了结果。", "callback",
            "SELECT k.id, '' AS area_code, coalesce(r.state, '-') AS found FROM callback k "
            "LEFT JOIN refund r ON r.bucket = k.bucket AND r.refund_no = k.out_trade_no "
            "WHERE k.state = 'settled' AND k.out_trade_no LIKE 'TF%%' "
            "AND coalesce(r.state, '') NOT IN ('paid', 'abnormal', 'rerouted')"),
    ]  # fmt: skip


def _amounts() -> list[Invariant]:
    own = ", ".join(f"'{payer}'" for payer in sorted(accounts.PAID_BY_PAYER))
    return [
        Invariant("I9", "amount_is_the_shares", "应缴金额等于缴费人各部分之和。", "bill",
            "SELECT b.id, b.area_code, CAST(b.amount_fen AS text) AS found FROM bill b "
            f"JOIN {_shares()} WHERE b.amount_fen IS NOT NULL "
            "GROUP BY b.id, b.area_code, b.amount_fen "
            f"HAVING sum(CASE WHEN s.key IN ({own}) THEN CAST(s.value AS bigint) ELSE 0 END) <> b.amount_fen"),
        Invariant("I9", "line_asks_what_the_bill_asks", "订单每一行的金额就是应缴单的金额。", "order_line",
            "SELECT l.id, b.area_code, l.amount_fen || ' / ' || b.amount_fen AS found FROM order_line l "
            "JOIN bill b ON b.bucket = l.bucket AND b.id = l.bill_id WHERE coalesce(b.amount_fen, -1) <> l.amount_fen"),
        Invariant("I9", "order_asks_its_lines", "订单金额等于各行之和。", "payment_order",
            "SELECT o.id, o.entry_area_code AS area_code, CAST(o.amount_fen AS text) AS found FROM payment_order o "
            "LEFT JOIN (SELECT order_no, sum(amount_fen) AS fen FROM order_line GROUP BY order_no) l "
            "ON l.order_no = o.order_no WHERE coalesce(l.fen, -1) <> o.amount_fen AND NOT (l.fen IS NULL "
            "AND EXISTS (SELECT 1 FROM tax_payment t WHERE t.bucket = o.bucket AND t.number = o.order_no || '01' AND t.bill_id IS NULL))"),
        Invariant("I9", "attempt_asks_its_order", "每次支付的金额就是订单的金额。", "attempt",
            "SELECT a.id, coalesce(o.entry_area_code, '') AS area_code, CAST(a.amount_fen AS text) AS found "
            "FROM attempt a LEFT JOIN payment_order o ON o.bucket = a.bucket AND o.order_no = a.order_no "
            "WHERE coalesce(o.amount_fen, -1) <> a.amount_fen"),
        Invariant("I9", "held_bill_is_not_ordered", "暂缓的应缴单（hold_code）没有订单。", "order_line",
            "SELECT l.id, b.area_code, b.hold_code AS found FROM order_line l "
            "JOIN bill b ON b.bucket = l.bucket AND b.id = l.bill_id WHERE b.hold_code IS NOT NULL"),
        Invariant("I9", "pack_is_kept", "应缴单按哪一份政策核定，那份政策还在。", "bill",
            "SELECT b.id, b.area_code, b.pack_hash AS found FROM bill b "
            "LEFT JOIN resolved_pack p ON p.hash = b.pack_hash WHERE p.hash IS NULL"),
    ]  # fmt: skip


def _tax_side() -> list[Invariant]:
    """What the tax side collected is in the books once: settled, owed back, or in suspense with its reason."""
    suspense = accounts.suspense(accounts.TAX)
    lies = (
        "(SELECT bucket, out_trade_no, "
        f"sum(CASE WHEN credit = '{suspense}' THEN amount_fen ELSE -amount_fen END) AS fen FROM entry "
        f"WHERE reason IN ('{accounts.PARKED}', '{accounts.TAKEN_UP}') GROUP BY bucket, out_trade_no) e"
    )
    return [
        Invariant("I5", "tax_parked_in_suspense", "搁置的税务缴费，钱都在待查款项里；办结的，一分不在。", "tax_payment",
            "SELECT t.id, '' AS area_code, t.state || ', ' || coalesce(e.fen, 0) AS found FROM tax_payment t "
            f"LEFT JOIN {lies} ON e.bucket = t.bucket AND e.out_trade_no = t.number "
            "WHERE (t.state = 'parked' AND coalesce(e.fen, 0) <> t.amount_fen) "
            "OR (t.state IN ('told', 'corrected', 'settled', 'surplus') AND coalesce(e.fen, 0) <> 0)"),
        Invariant("I5", "tax_settled_is_paid", "办结的税务缴费，背后是一次成功的支付，金额相同。", "tax_payment",
            "SELECT t.id, '' AS area_code, t.state || ', ' || coalesce(a.state, '-') AS found FROM tax_payment t "
            "LEFT JOIN attempt a ON a.bucket = t.bucket AND a.out_trade_no = t.number AND a.amount_fen = t.amount_fen "
            "WHERE t.state IN ('settled', 'surplus') AND coalesce(a.state, '') <> 'paid'"),
        Invariant("I5", "tax_in_the_books_was_told", "税务渠道入账的钱，都是税务告诉过的。", "entry",
            "SELECT e.id, '' AS area_code, coalesce(e.out_trade_no, '-') AS found FROM entry e "
            "LEFT JOIN tax_payment t ON t.bucket = e.bucket AND t.number = e.out_trade_no "
            f"WHERE e.reason IN ('{accounts.PARKED}', '{accounts.TAKEN_UP}') AND t.id IS NULL"),
        Invariant("I13", "tax_all_placed", "税务告诉的每一笔，都有了结果。", "tax_payment",
            "SELECT t.id, '' AS area_code, t.state AS found FROM tax_payment t WHERE t.state IN ('told', 'corrected', 'placed')",
            at_rest=True),
        Invariant("I5", "tax_nothing_parked", "没有搁置的税务缴费：税务收了、我们对不上的钱。", "tax_payment",
            "SELECT t.id, '' AS area_code, t.reason AS found FROM tax_payment t WHERE t.state = 'parked'", at_rest=True),
    ]  # fmt: skip


def _register() -> list[Invariant]:
    """I16: an application that was approved put somebody on the register, and no other did."""
    return [
        Invariant("I16", "approved_is_registered", "通过的登记申请，人在登记册上；没有通过的，没有登记谁。", "registration_application",
            "SELECT a.id, a.area_code, a.state AS found FROM registration_application a "
            "LEFT JOIN enrolment e ON e.bucket = a.person_id %% 10000 AND e.person_id = a.person_id "
            "WHERE (a.state = 'approved' AND e.id IS NULL) OR (a.state <> 'approved' AND a.person_id IS NOT NULL)"),
    ]  # fmt: skip


def _trail() -> list[Invariant]:
    """I10: whatever moved has written the event of the edge it took."""
    return [_moved(table) for table in ALL_TABLES if table.noun in TABLES]


def _moved(table: StateTable) -> Invariant:
    event = " ".join(
        f"WHEN r.previous_state = '{old}' AND r.state = '{new}' THEN '{name}'"
        for (old, new), name in table.edges.items()
    )
    return Invariant("I10", f"{table.noun}_event", "状态变过，就有那一步的事件。", TABLES[table.noun],
        f"SELECT r.id, '' AS area_code, r.previous_state || ' → ' || r.state AS found FROM {TABLES[table.noun]} r "
        "LEFT JOIN (SELECT DISTINCT bucket, subject_id, name FROM event "
        f"WHERE subject = '{table.noun}') v ON v.bucket = r.bucket AND v.subject_id = r.id "
        f"AND v.name = (CASE {event} ELSE '' END) WHERE r.previous_state IS NOT NULL AND v.name IS NULL")  # fmt: skip


def _people() -> list[Invariant]:
    """I10: the register is what its events say, and nobody is enrolled twice (LZ-11)."""
    told = [
        Invariant("I10", f"{noun}_told", "登记现在的样子，就是历次事件记下来的样子。", what.table,
            "SELECT d.id, '' AS area_code, d.key || ': ' || d.stored || ' ≠ ' || d.rebuilt AS found "
            f"FROM ({rebuild.statement(noun)}) d")
        for noun, what in rebuild.NOUNS.items()
    ]  # fmt: skip
    return [
        *told,
        Invariant("I3", "one_enrolment", "一个人同时只有一条在保的登记；合并掉的、去世的没有。", "enrolment",
            "SELECT max(e.id) AS id, max(e.area_code) AS area_code, CAST(count(*) AS text) AS found FROM enrolment e "
            "JOIN person p ON p.bucket = e.bucket AND p.id = e.person_id WHERE e.state = 'active' GROUP BY e.person_id "
            "HAVING count(*) > 1 OR max(CASE WHEN p.merged_into_id IS NOT NULL OR p.died_date IS NOT NULL THEN 1 ELSE 0 END) = 1"),
    ]  # fmt: skip


def _tills() -> list[Invariant]:
    """I17: what drawers and agents took is where their rows say it is, and closed shifts add up (CZ-19, LZ-19)."""
    taken = "t.state IN ('taken', 'given_back') AND t.shift_id IS NOT NULL"
    kept = (
        "SELECT t.id, t.bucket, t.till, t.amount_fen, 1 AS into_hand, 'taking:' || CAST(t.id AS text) AS key "
        f"FROM taking t WHERE {taken} UNION ALL "
        "SELECT o.id, o.bucket, o.till, o.amount_fen, CASE WHEN o.what = 'over' THEN 1 ELSE 0 END, "
        "'cash_out:' || CAST(o.id AS text) FROM cash_out o WHERE o.what <> 'float_short'"
    )
    return [
        Invariant("I17", "till_moves_are_booked", "每一笔收现、解缴、退付和长短款，账上都记在那个钱箱或代办员名下。", "entry",
            f"SELECT k.id, '' AS area_code, k.key || ': ' || coalesce(CAST(e.amount_fen AS text), '-') AS found FROM ({kept}) k "
            "LEFT JOIN entry e ON e.bucket = k.bucket AND e.key = k.key WHERE e.id IS NULL OR e.amount_fen <> k.amount_fen "
            f"OR '{_IN_HAND}' || k.till <> CASE WHEN k.into_hand = 1 THEN e.debit ELSE e.credit END"),
        Invariant("I17", "till_rows_have_their_move", "钱箱和代办员名下的每一条分录，都有收据、缴款单或者退付。", "entry",
            "SELECT e.id, '' AS area_code, e.key AS found FROM entry e "
            f"LEFT JOIN ({kept}) k ON k.bucket = e.bucket AND k.key = e.key "
            f"WHERE (e.debit LIKE '{_IN_HAND}%%' OR e.credit LIKE '{_IN_HAND}%%') AND k.id IS NULL"),
        Invariant("I17", "closed_shift_adds_up", "轧账的班次：清点数等于备用金加收款，减解缴、退付和短款，加长款。", "shift",
            "SELECT s.id, '' AS area_code, CAST(s.counted_fen AS text) || ' / ' || CAST(s.float_fen + coalesce(t.fen, 0) "
            "+ coalesce(o.fen, 0) AS text) AS found FROM shift s LEFT JOIN (SELECT t.bucket, t.shift_id, sum(t.amount_fen) AS fen "
            f"FROM taking t WHERE {taken} GROUP BY t.bucket, t.shift_id) t ON t.bucket = s.bucket AND t.shift_id = s.id "
            "LEFT JOIN (SELECT o.bucket, o.shift_id, sum(CASE WHEN o.what = 'over' THEN o.amount_fen ELSE -o.amount_fen END) "
            "AS fen FROM cash_out o WHERE NOT o.after_close GROUP BY o.bucket, o.shift_id) o ON o.bucket = s.bucket "
            "AND o.shift_id = s.id WHERE s.state = 'closed' "
            "AND coalesce(s.counted_fen, -1) <> s.float_fen + coalesce(t.fen, 0) + coalesce(o.fen, 0)"),
        Invariant("I17", "no_more_handed_on_than_taken", "一个班次解缴和退付的，不多于它收到的和多出的。", "shift",
            "SELECT s.id, '' AS area_code, s.till AS found FROM shift s JOIN (SELECT o.bucket, o.shift_id, "
            "sum(CASE WHEN o.what = 'over' THEN -o.amount_fen WHEN o.what IN ('short', 'float_short') THEN 0 ELSE o.amount_fen END) AS fen "
            "FROM cash_out o GROUP BY o.bucket, o.shift_id) o ON o.bucket = s.bucket AND o.shift_id = s.id LEFT JOIN "
            f"(SELECT t.bucket, t.shift_id, sum(t.amount_fen) AS fen FROM taking t WHERE {taken} GROUP BY t.bucket, t.shift_id) t "
            "ON t.bucket = s.bucket AND t.shift_id = s.id WHERE o.fen > coalesce(t.fen, 0)"),
    ]  # fmt: skip


def _rest() -> list[Invariant]:
    return [
        Invariant("I5", "nothing_parked", "没有搁置的回调：渠道真的收了、我们对不上的钱。", "callback",
            "SELECT k.id, '' AS area_code, k.reason AS found FROM callback k WHERE k.state = 'parked'", at_rest=True),
        Invariant("I5", "nothing_owed_back", "多缴的钱已退回：多缴待退的余额为零。", "entry",
            "SELECT max(e.id) AS id, '' AS area_code, e.order_no AS found FROM entry e "
            f"WHERE e.credit LIKE '{_OWED}%%' OR e.debit LIKE '{_OWED}%%' GROUP BY e.order_no HAVING "
            f"sum(CASE WHEN e.credit LIKE '{_OWED}%%' THEN e.amount_fen ELSE -e.amount_fen END) <> 0", at_rest=True),
        Invariant("I13", "nothing_waits", "收到的回调都有了结果。", "callback",
            "SELECT k.id, '' AS area_code, k.out_trade_no AS found FROM callback k WHERE k.state = 'kept'", at_rest=True),
        Invariant("I13", "outcome_known", "过期订单的每次支付都有了结果。", "attempt",
            "SELECT a.id, o.entry_area_code AS area_code, a.state || ', ' || o.state AS found FROM attempt a "
            "JOIN payment_order o ON o.bucket = a.bucket AND o.order_no = a.order_no "
            "WHERE a.state = 'created' AND o.expires_at < %(now)s", at_rest=True),
        Invariant("I13", "orders_end", "到期的订单都已了结。", "payment_order",
            "SELECT o.id, o.entry_area_code AS area_code, o.state AS found FROM payment_order o "
            "WHERE (o.state = 'open' AND o.expires_at < %(now)s) OR o.state = 'paid'", at_rest=True),
        Invariant("I17", "told_cover_stands", "告诉医保的待遇，要么还在，要么作废也在发件箱里。", "outbox_row",
            "SELECT o.id, b.area_code, b.state AS found FROM outbox_row o JOIN bill b ON b.bucket = o.bucket "
            "AND b.id = o.subject_id WHERE o.target = 'medical' AND o.kind = 'coverage' AND o.action = 'put' "
            "AND o.state IN ('accepted', 'settled') AND b.state <> 'settled' AND NOT EXISTS (SELECT 1 FROM outbox_row c "
            "WHERE c.bucket = o.bucket AND c.subject_id = o.subject_id AND c.target = o.target AND c.kind = o.kind "
            "AND c.action = 'cancel')", at_rest=True),
    ]  # fmt: skip
