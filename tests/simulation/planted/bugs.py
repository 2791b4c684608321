"""The mistakes that the simulation must find, each planted alone: about settling, opening, asking, keeping, repaying."""

from tests.simulation.planted.plant import Bug, Constant, Edge, Text

_SETTLE, _BOOK = "canbao.services.money.settle", "canbao.services.money.book"
_CHASE, _PAY, _OPEN = "canbao.services.money.chase", "canbao.services.money.pay", "canbao.services.money.open"
_COLLECT, _BILLS = "canbao.services.money.collect", "canbao.records.money.bills"
_REPAY, _REFUND = "canbao.services.money.repay", "canbao.services.money.refund"
_TAKE, _LEAVE = "canbao.services.money.window.take", "canbao.services.money.window.leave"
_CLOSE = "canbao.services.money.window.close"
_UNDO, _MATCH = "canbao.services.money.undo", "canbao.services.exchange.match"
_RECEIVE = "canbao.services.exchange.receive"
_RELAY = "canbao.services.exchange.outbox.relay"
_LATER = '__import__("django.db", fromlist=["x"]).transaction.on_commit(lambda: {})'
_JOURNALLED = "[{} or journal.write() for journal in [env.journal()]]"


def _bug(name: str, *edits: Text | Edge | Constant) -> Bug:
    return Bug(name, edits)


def _text(name: str, target: str, old: str, new: str) -> Bug:
    return Bug(name, (Text(target, old, new),))


SETTLING = (
    _bug("amount not compared",
        Text(f"{_SETTLE}:_claim_attempts", '"amount_fen": Column("int", [fact.amount_fen for fact in facts]),', ""),
        Text(f"{_SETTLE}:_claim_attempts", "_identity(fact): fact", "fact.out_trade_no: fact"),
        Text(f"{_SETTLE}:_claim_attempts", 'row["out_trade_no"], row["channel"], row["amount_fen"]',
             'row["out_trade_no"]')),
    _bug("channel not compared",
        Text(f"{_SETTLE}:_claim_attempts", '"channel": Column("text", [fact.channel for fact in facts]),', ""),
        Text(f"{_SETTLE}:_claim_attempts", "_identity(fact): fact", "fact.out_trade_no: fact"),
        Text(f"{_SETTLE}:_claim_attempts", 'row["out_trade_no"], row["channel"], row["amount_fen"]',
             'row["out_trade_no"]')),
    _text("rows claimed in any state", "canbao.records.moves:_statement",
        'f"r.state IN ({', 'f"TRUE OR r.state IN ({'),
    _text("second payment dropped", f"{_SETTLE}:_settle_chunk", "if no not in won]", "if False]"),
    _text("surplus line dropped", f"{_BOOK}:settle_lines", "fact, line)\n        for line in surplus",
        "fact, line)\n        for line in ()"),
    _text("settled without a transaction", f"{_SETTLE}:_settle_apart",
        "in_one_transaction(lambda: _settle_chunk(env, arrivals))", "_settle_chunk(env, arrivals)"),
    _text("ledger after the commit", f"{_BOOK}:settle_lines", "ledger.book_later(journal, postings)",
        _LATER.format("ledger.book(env.serials, postings)")),
    _text("cover after the commit", f"{_BOOK}:settle_lines", "cover(env, journal, settled)",
        _LATER.format(_JOURNALLED.format("cover(env, journal, settled)"))),
    _text("record after the commit", f"{_BOOK}:settle_lines", "record(env, journal, proofs)",
        _LATER.format(_JOURNALLED.format("record(env, journal, proofs)"))),
    _text("moves without events", "canbao.records.moves:_note_all", "for row in rows:", "for row in ():"),
    _text("fund's share not booked", f"{_BOOK}:share_postings", "for payer, fen in shares.items()\n    ]",
        "for payer, fen in shares.items() if payer in PAID_BY_PAYER\n    ]"),
    _text("late share booked as person's", f"{_BOOK}:share_postings", "credit=accounts.contribution(year, payer)",
        'credit=accounts.contribution(year, "person")'),
    _text("cover of the year before", f"{_BOOK}:_years", '(bill["benefit_year"], None)', '(bill["benefit_year"] - 1, None)'),
    _text("paid although covered", f"{_BOOK}:claim_bills", "unless=COVERED_ALREADY", 'unless=""'),
    _text("bank day is the booking day", f"{_BOOK}:share_postings", "occurred_at=fact.paid_at if fact else env.now",
        "occurred_at=env.now"),
    _text("order never finished", f"{_SETTLE}:_settle_chunk", "_finish_orders(journal, orders)", "pass"),
    _text("parked called settled", f"{_SETTLE}:_answer_callbacks", '"parked"', '"settled"'),
    _bug("money for an expired order not taken", Edge("ORDER", ("expired", "paid")), Edge("ORDER", ("cancelled", "paid"))),
    _bug("money for a closed attempt not taken", Edge("ATTEMPT", ("closed", "paid"))),
    _bug("money of a live attempt not taken", Edge("ATTEMPT", ("created", "paid"))),
)  # fmt: skip

OPENING = (
    _text("UTC instead of the local day", "canbao.services.system.env:Env.local_date",
        "local_date(self.local(area_code, instant or self.now))", "self.local(area_code, instant or self.now).date()"),
    _text("promise outlives its window", f"{_OPEN}:expiry",
        "min(usual, local_end - timedelta(days=env.areas.shift_days(area_code)))", "usual"),
    _text("ordered bill superseded", f"{_BILLS}:BillRow.is_fixed", "self.is_ordered or", "False or"),
    _bug("settled bill superseded",
        Text(f"{_BILLS}:BillRow.is_fixed", 'self.state == "settled"', "False"),
        Edge("BILL", ("settled", "superseded"), "BillSuperseded")),
    _text("held bill ordered", f"{_OPEN}:_why_not_this", "if bill.hold_code:", "if False:"),
    _bug("settled bill ordered again",
        Text(f"{_OPEN}:_why_not_this", "if bill.is_paid:", "if False:"),
        Text(f"{_OPEN}:_why_not_this", '("payable", "zero")', '("payable", "zero", "settled")')),
    _text("nobody asked", "canbao.services.people.one_way:refuse_unanswered", "if unanswered(env, bills):", "if False:"),
    _text("order without its line", f"{_OPEN}:_put_in", "raise OrderUnfinished", "pass"),
    _text("opened without a transaction", f"{_OPEN}:open_orders",
        "in_one_transaction(lambda: _open(env, openings, online=online, channel=channel))",
        "_open(env, openings, online=online, channel=channel)"),
    _text("serials begin again", "canbao.records.serials:_fetch_block", "id_counter.next_serial + %s RETURNING",
        "id_counter.next_serial + %s * 0 RETURNING"),
    _text("cash under a new number each time", f"{_COLLECT}:collect_orders", 'if order.state == "open"]', "if order.amount_fen]"),
    _text("cash at an expired price", f"{_COLLECT}:_is_over", "return ", "return False and "),
    _text("packs believed unread", "canbao.services.system.packs:PackShelf._refresh", "newest = PackVersion",
        "self._looked_at = now\n    newest = PackVersion"),
)  # fmt: skip

ASKING = (
    _bug("closed without asking",
        Text(f"{_CHASE}:close", "if channel and not channel.close(attempt.out_trade_no):", "if False:"),
        Edge("ATTEMPT", ("closed", "paid"))),
    _text("close says paid, nobody listens", f"{_CHASE}:close", "resolve(env, [attempt])\n        return False",
        'move_all(env, "closed", [attempt])\n        return True'),
    _text("query result dropped", f"{_CHASE}:resolve", "settle(env, paid)", '["settled"] * len(paid)'),
    _bug("asked only once", Constant(f"{_CHASE}:QUERIES_MAX", 1)),
    _text("silence means closed", f"{_CHASE}:_ask", "return None", 'return Outcome("closed")'),
    _text("lines stay open", f"{_CHASE}:_let_go",
        'claim(journal, Claim(ORDER_LINE, "released", line_keys, clear=("open_slot",)))', "pass"),
    _text("leftover attempts stay open", f"{_CHASE}:chase", "_close_leftovers(env, mine)", "pass"),
    _text("orders never expire", f"{_CHASE}:chase", "_expire_orders(env, limit)", "pass"),
    _text("cash asked like a channel", f"{_CHASE}:close", "if channel and not channel.close",
        "if not env.channels[attempt.channel].close"),
    _bug("attempt saved after the call",
        Text(f"{_PAY}:_live_attempt", "fresh if insert_attempt(fresh) else _live_attempt(env, order, channel)", "fresh"),
        Text(f"{_OPEN}:_put_in", "[order.first_attempt for order in orders if order.first_attempt]", "[]"),
        Text(f"{_PAY}:start", "    return link if may", "    insert_attempt(attempt)\n    return link if may")),
    _text("two channels, one number", f"{_PAY}:_live_attempt", "row.channel == channel and row.state", "row.state"),
    _text("link for a cancelled order", f"{_PAY}:may_still_pay", "if is_still_wanted(order, attempt):", "if True:"),
    _text("asked inside a transaction", f"{_CHASE}:_ask", "return channel.query(attempt.out_trade_no)",
        "return in_one_transaction(lambda: channel.query(attempt.out_trade_no))"),
)  # fmt: skip

KEEPING = (
    _text("answered, not kept", f"{_RECEIVE}:_keep", "Callback.objects.bulk_create(rows)", "rows"),
    _text("signature not checked", "tests.simulation.outside.channel:SimChannel.judge",
        'if headers.get("wechatpay-signature") != self._sign(body):', "if False:"),
    _bug("address believed, not the content",
        Text(f"{_RECEIVE}:_judge", "if told is not None and told != kept.out_trade_no:", "if judgement.fact:"),
        Text(f"{_RECEIVE}:_judge", 'Judgement(authentic=False, reason="other_number")',
             'Judgement(True, "ok", __import__("dataclasses").replace(judgement.fact, out_trade_no=kept.out_trade_no))')),
    _text("kept and never looked at", f"{_RECEIVE}:settle_kept", "_act_on(env, [", "list([] and ["),
    _bug("everything forgotten",
        Text(f"{_RECEIVE}:forget_rejected", 'state="rejected", ', ""),
        Text(f"{_RECEIVE}:forget_rejected", "env.now - REJECTED_KEPT", "env.now")),
    _text("authentic treated as a flood", f"{_RECEIVE}:_act_or_leave",
        "judgement.authentic or limits.has_room(env, limits.REJECTED_CALLBACKS, row.channel)", "False"),
)  # fmt: skip

REPAYING = (
    _text("refund under a new number each time", f"{_REPAY}:_request", "refund_no=refund.refund_no",
        "refund_no=refund.refund_no[:-2] + str(10 + refund.query_count)"),
    _text("nothing reserved", f"{_REFUND}:_reserve", "if fen and not", "if False and not"),
    _text("cover stays after the refund", f"{_UNDO}:owe", "_end(env, journal, bill)", "pass"),
    _text("returned money not booked", f"{_REPAY}:_settle_chunk", "if row.id in returned", "if False"),
    _text("refund on the day of its booking", f"{_REPAY}:_left", "return ledger.at(made, fact.accepted_at)", "return made"),
    _text("refund asked once", f"{_REPAY}:_later", "return env.now +", "return None and env.now +"),
    _text("surplus opened without its refund", f"{_SETTLE}:_settle_chunk",
        "open_refunds(env, journal, [Surplus(fact) for fact in twice])", "pass"),
    _text("neighbouring day not looked at", f"{_MATCH}:_sort_out",
        'if row["number"] in there', "if False"),
    _text("tax told what it told us", f"{_RELAY}:put_down", "concerned is None or concerned(one)", "True"),
    _text("cover that ended not taken back", f"{_RELAY}:_put", "withdraw(journal, ended, COVERAGE)", "[]"),
)  # fmt: skip

HOLDING = (
    _text("cash in nobody's drawer", f"{_TAKE}:_in_one", "if shift is not None:", "if False:"),
    _text("receipt under a new number each time", f"{_TAKE}:_insert", '("text", one.receipt_no), "amount',
        '("text", one.receipt_no + str(env.now.second)), "amount'),
    _text("difference swallowed", f"{_CLOSE}:close_shift", "held.cash_fen != counted_fen", "False"),
    _text("hand-in not booked", f"{_LEAVE}:put_out", 'if what != "float_short":', "if False:"),
)  # fmt: skip
_HEAR, _PLACE = "canbao.services.exchange.tax_side.hear", "canbao.services.exchange.tax_side.place"
TAX_SIDE = (
    _text("money never leaves suspense", f"{_SETTLE}:_settle_chunk", "if no in parked]", "if False]"),
    _text("parked money not booked", f"{_PLACE}:park", "if row.id in new and row.parked_at is None", "if False"),
    _text("a day's file puts nothing right", f"{_HEAR}:_know", 'it.state == "parked"', "False"),
    _text("a wrong sum owed back at once", f"{_PLACE}:_against", 'if agrees else "paid_otherwise"',
        "if agrees else Place(person_id, None)"),
    _text("a portal's order takes the only slot", f"{_PLACE}:_line", "open_slot=None", "open_slot=1"),
)  # fmt: skip

BUGS = {bug.name: bug for bug in (*SETTLING, *OPENING, *ASKING, *KEEPING, *REPAYING, *HOLDING, *TAX_SIDE)}
