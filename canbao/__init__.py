"""Canbao (参保): who is enrolled, what they owe, what they paid, and from when they are covered."""
