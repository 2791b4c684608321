"""What every room may stand on: fen, days, ids, state tables, refusals. Knows no Django, no clock, no database."""
