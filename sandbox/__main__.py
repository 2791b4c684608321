"""`python -m sandbox`: make the keys, run the sandbox."""

import os
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces

from sandbox.tax.keys import make_partner
from sandbox.wechat.keys import make_keys

HOME = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder of its keys and its SQLite file.",
)


@click.group()
def main() -> None:
    """Play the outside world on its true wire formats: WeChat Pay APIv3, the tax authority."""


@main.command()
@HOME
@click.option(
    "--base-url", default="http://127.0.0.1:8801", show_default=True, help="As the merchant finds it."
)
def keys(home: Path, base_url: str) -> None:
    """Make what is absent of the keys; print the path of merchant.json. Beside it tax.json names us to the tax side."""
    make_partner(home, base_url)
    click.echo(make_keys(home, base_url))


@main.command()
@HOME
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8801, show_default=True)
@click.option(
    "--speed", default=1.0, show_default=True, help="Divides every pause: at 60 a minute is a second."
)
@click.option("--base-url", help="Where the merchant's server finds it. [default: http://HOST:PORT]")
@click.option("--public-url", help="Where the payer's browser finds it. [default: as the merchant's server]")
@click.option("--bills-for-today", is_flag=True, help="Give a statement for the present day too.")
def serve(
    home: Path,
    host: str,
    port: int,
    speed: float,
    base_url: str | None,
    public_url: str | None,
    bills_for_today: bool,
) -> None:
    """Run it until it is told to stop."""
    if speed <= 0:
        raise click.BadParameter("must be above zero", param_hint="--speed")
    told = make_keys(home, base_url or f"http://{host}:{port}")
    make_partner(home, base_url or f"http://{host}:{port}")
    click.echo(f"merchant: {told}")
    os.environ |= {
        "SANDBOX_HOME": str(home.resolve()),
        "SANDBOX_SPEED": str(speed),
        "SANDBOX_PUBLIC_URL": (public_url or "").rstrip("/"),
        "SANDBOX_BILLS_FOR_TODAY": "1" if bills_for_today else "0",
    }
    # One worker: one event loop is the lock of the store.
    served = "sandbox.app:from_environment"
    Granian(served, address=host, port=port, interface=Interfaces.ASGI, factory=True, workers=1).serve()


if __name__ == "__main__":
    main(prog_name="python -m sandbox")
