"""全家一起缴: who is in, what each owes, and one payment for them all."""
