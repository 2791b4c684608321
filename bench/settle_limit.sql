-- The same rows that settling writes, in one statement: claims along the states, then what follows from them.
WITH asked AS (
  SELECT b AS bucket, n AS out_trade_no, left(n, 17) AS order_no, row_number() OVER () - 1 AS place
  FROM unnest(%(buckets)s::int[], %(numbers)s::text[]) AS t(b, n)
), paid AS (
  UPDATE attempt r SET previous_state = r.state, state = 'paid', paid_at = %(now)s, query_at = NULL,
         channel_txn_no = '42000' || t.out_trade_no
  FROM asked t WHERE r.bucket = t.bucket AND r.out_trade_no = t.out_trade_no AND r.bucket = ANY(%(buckets)s)
    AND r.state IN ('created', 'failed', 'closed')
  RETURNING r.id, r.bucket, t.order_no, t.out_trade_no, t.place
), ordered AS (
  UPDATE payment_order r SET previous_state = r.state, state = 'settled', paid_at = %(now)s, paid_by = p.out_trade_no
  FROM paid p WHERE r.bucket = p.bucket AND r.order_no = p.order_no AND r.bucket = ANY(%(buckets)s)
    AND r.state IN ('open', 'expired', 'cancelled')
  RETURNING r.id, r.bucket, r.order_no, p.out_trade_no, p.place
), lined AS (
  UPDATE order_line r SET previous_state = r.state, state = 'settled', open_slot = NULL
  FROM ordered o WHERE r.bucket = o.bucket AND r.order_no = o.order_no AND r.bucket = ANY(%(buckets)s)
    AND r.state IN ('open', 'released')
  RETURNING r.id, r.bucket, r.bill_id, o.order_no, o.out_trade_no, o.place
), billed AS (
  UPDATE bill r SET previous_state = r.state, state = 'settled', settled_at = %(now)s, settled_by = l.order_no
  FROM lined l WHERE r.bucket = l.bucket AND r.id = l.bill_id AND r.bucket = ANY(%(buckets)s)
    AND r.state IN ('payable', 'zero')
  RETURNING r.*, l.order_no, l.out_trade_no, l.place
), booked AS (
  INSERT INTO entry (id, bucket, key, debit, credit, amount_fen, reason, bill_id, order_no, out_trade_no, occurred_at, booked_at)
  SELECT (%(first)s + place * 20) * 10000 + bucket, bucket, 'bill:' || id || ':person', 'channel_clearing:wechat',
         'contribution:' || benefit_year || ':person', amount_fen, 'bill_settled', id, order_no, out_trade_no, %(now)s, %(now)s
  FROM billed
), covered AS (
  INSERT INTO coverage (id, bucket, person_id, cover_year, area_code, state, bill_id, origin)
  SELECT (%(first)s + place * 20) * 10000 + bucket, bucket, person_id, benefit_year, area_code, 'active', id, 'settled'
  FROM billed
), recorded AS (
  INSERT INTO contribution_record (id, bucket, person_id, benefit_year, area_code, person_class, amount_fen, origin, channel,
         channel_txn_no, bill_id, order_no, receipt_no, receipt_code, paid_at, pack_hash, created_at)
  SELECT (%(first)s + place * 20) * 10000 + bucket, bucket, person_id, benefit_year, area_code, person_class, amount_fen,
         'paid', 'wechat', '42000' || out_trade_no, id, order_no, 'PJ' || lpad((%(first)s + place)::text, 17, '0'), '0123456789',
         %(now)s, pack_hash, %(now)s
  FROM billed
)
INSERT INTO event (id, bucket, subject, subject_id, name, actor, details, at)
SELECT (%(first)s + place * 20 + k) * 10000 + bucket, bucket, 'bill', id, 'Settled', 'bench', '{}', %(now)s
FROM billed, generate_series(1, 6) AS k
