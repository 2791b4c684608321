"""`python -m bench.one MODULE SCALE`: one row on a durable PostgreSQL of its own; prints it as JSON."""

import importlib
import json
import os
import sys
from dataclasses import asdict

import django
from django.core.management import call_command

from tests.support.postgres import DURABLE, throw_away_server


def main(module: str, scale: float) -> None:
    """Start the server, make the schema, measure."""
    with throw_away_server(DURABLE) as url:
        os.environ["CANBAO_DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "canbao.settings"
        django.setup()
        call_command("migrate", verbosity=0)
        # only now: a row imports tables, and these want Django's settings
        rows = importlib.import_module(f"bench.{module}").measure(scale)
        sys.stdout.write(json.dumps([asdict(row) for row in rows]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
