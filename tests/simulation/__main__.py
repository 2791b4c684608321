"""Play seeds outside pytest: one to look at, or as many as there is time for."""

import os
import sys
import time
from pathlib import Path

import click


def _database() -> None:
    os.environ["CANBAO_DATABASE_URL"] = "sqlite://:memory:"
    os.environ["DJANGO_SETTINGS_MODULE"] = "canbao.settings"
    os.environ.setdefault("CANBAO_LOG_LEVEL", "CRITICAL")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.simulation.play import prepare

    prepare()


@click.command()
@click.argument("seeds", nargs=-1, type=int)
@click.option("--first", default=0, show_default=True)
@click.option("--count", default=0, help="Play so many seeds from --first on.")
@click.option("--trace", is_flag=True, help="Print every statement, fault and answer.")
@click.option("--without", default="", help="Leave out these events: keys, separated by commas.")
@click.option(
    "--bugs",
    is_flag=True,
    help="Plant each bug (from --first on each --count-th) and print which seed finds it.",
)
@click.option("--bug", default="", help="Only this bug.")
@click.option(
    "--export", type=click.Path(path_type=Path), help="Write a failing seed, made small, as a test file."
)
def main(seeds, first, count, trace, without, bugs, bug, export) -> None:
    """Play the seeds given, or a range of them. Exit code 1 if one of them breaks an invariant."""
    _database()
    from tests.simulation.export import as_test
    from tests.simulation.play import play, total

    if bugs:
        from tests.simulation.planted.bugs import BUGS
        from tests.simulation.planted.hunt import table

        sys.exit(1 if table([bug] if bug else list(BUGS)[first :: count or 1], 600) else 0)
    results = []
    started = time.process_time()
    for seed in seeds or range(first, first + count):
        result = play(seed, [key for key in without.split(",") if key], verbose=trace)
        results.append(result)
        if trace:
            click.echo("\n".join(result.log))
        if result.violation or seeds:
            click.echo(str(result))
        if result.violation and export:
            export.write_text(as_test(result), "utf-8")
            click.echo(f"written to {export}")
    failed = [result.seed for result in results if result.violation]
    counts = ", ".join(f"{name} {number:,}" for name, number in sorted(total(results).items()))
    click.echo(
        f"{len(results)} seeds, {len(failed)} fail {failed[:20]}; {counts}; {time.process_time() - started:.1f} CPU s"
    )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
