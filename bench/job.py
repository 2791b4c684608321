"""`python -m bench.job FILE`: the batch job of P10 in a process of its own; prints how high its memory rose, in MB."""

import importlib
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()
    # only now: it imports tables, and these want Django's settings
    sys.stdout.write(str(importlib.import_module("bench.memory").job(Path(sys.argv[1]))))
