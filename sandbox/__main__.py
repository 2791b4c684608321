"""`python -m sandbox`: make the keys, run the sandbox."""

import os
from datetime import datetime
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces

from sandbox.keys import make_keys
from sandbox.treasury.answer import FLAWS, answer

HOME = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder of its keys and its SQLite file.",
)


@click.group()
def main() -> None:
    """Play the outside world: WeChat Pay APIv3, Alipay's gateway, 银联商务, the tax authority, the national
    platform, an identity provider, an inbox.
    """


@main.command()
@HOME
@click.option(
    "--base-url", default="http://127.0.0.1:8801", show_default=True, help="As the merchant finds it."
)
def keys(home: Path, base_url: str) -> None:
    """Make what is absent of the keys; print the paths of the files that name us to each twin."""
    for told in make_keys(home, base_url):
        click.echo(told)


@main.command()
@HOME
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8801, show_default=True)
@click.option(
    "--speed", default=1.0, show_default=True, help="Divides every pause: at 60 a minute is a second."
)
@click.option("--base-url", help="Where the merchant's server finds it. [default: http://HOST:PORT]")
@click.option("--public-url", help="Where the payer's browser finds it. [default: as the merchant's server]")
@click.option(
    "--merchant-url", help="Where the partner's server answers: the tax side tells it what it collected."
)
@click.option("--bills-for-today", is_flag=True, help="Give a statement for the present day too.")
def serve(
    home: Path,
    host: str,
    port: int,
    speed: float,
    base_url: str | None,
    public_url: str | None,
    merchant_url: str | None,
    bills_for_today: bool,
) -> None:
    """Run it until it is told to stop."""
    if speed <= 0:
        raise click.BadParameter("must be above zero", param_hint="--speed")
    for told in make_keys(home, base_url or f"http://{host}:{port}", public_url):
        click.echo(f"merchant: {told}")
    os.environ |= {
        "SANDBOX_HOME": str(home.resolve()),
        "SANDBOX_SPEED": str(speed),
        "SANDBOX_PUBLIC_URL": (public_url or "").rstrip("/"),
        "SANDBOX_MERCHANT_URL": (merchant_url or "").rstrip("/"),
        "SANDBOX_BILLS_FOR_TODAY": "1" if bills_for_today else "0",
    }
    # One worker: one event loop is the lock of the store.
    served = "sandbox.app:from_environment"
    Granian(served, address=host, port=port, interface=Interfaces.ASGI, factory=True, workers=1).serve()


@main.command()
@click.argument("remittance", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("posting", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--on", "posted_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day of posting."
)
@click.option(
    "--flaw",
    "flaws",
    multiple=True,
    metavar="RECEIPT=FLAW",
    help=f"One of {', '.join(FLAWS)}; RECEIPT may be 'file'.",
)
def treasury(remittance: Path, posting: Path, posted_on: datetime, flaws: tuple[str, ...]) -> None:
    """Answer a remittance file as the treasury does."""
    wrong = dict(each.split("=", 1) for each in flaws)
    try:
        told = answer(remittance.read_text("utf-8"), posted_on.date(), wrong)
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None
    with posting.open("w", encoding="utf-8", newline="") as opened:
        opened.write(told)
    click.echo(posting)


if __name__ == "__main__":
    main(prog_name="python -m sandbox")
