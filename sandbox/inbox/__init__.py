"""Whoever would carry messages to phones, as far as it is asked to: nothing leaves, all lies in an inbox to look at."""
