"""The sandbox as one ASGI application: the twins, the courier, and a page that shows it all."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox.alipay.mount import mount as mount_alipay
from sandbox.courier import Courier
from sandbox.ground import Ground, Settings
from sandbox.identity.mount import mount as mount_identity
from sandbox.inbox.api import InboxApi
from sandbox.inbox.keys import load_sender, load_texts
from sandbox.inbox.twin import InboxTwin
from sandbox.journeys import MANNERS
from sandbox.medical.api import mount as mount_medical
from sandbox.platform.mount import mount as mount_platform
from sandbox.store import Store
from sandbox.tax.api import TaxApi
from sandbox.tax.keys import load_partner
from sandbox.tax.portals.mount import mount as mount_portals
from sandbox.tax.twin import TaxTwin
from sandbox.unionpay.mount import mount as mount_unionpay
from sandbox.wechat import orders
from sandbox.wechat.admin import deliveries
from sandbox.wechat.mount import mount as mount_wechat
from sandbox.wechat.twin import Twin, china_text

__all__ = ["Settings", "build_app", "from_environment"]
STORE_FILE = "sandbox.sqlite3"
SHOWN = 200


def build_app(
    settings: Settings,
    now: Callable[[], float] = time.time,
    transport: httpx.AsyncBaseTransport | None = None,
    courier_works: bool = True,
) -> Starlette:
    """The application over the keys and the store in `settings.home`.

    Tests pass their own clock and transport, and switch the courier's loop off to step it by hand.
    """
    store = Store(settings.home / STORE_FILE)
    courier = Courier(store, now=now, transport=transport)
    templates = Jinja2Templates(Path(__file__).parent / "templates")
    templates.env.filters["china"] = china_text
    ground = Ground(settings, store, courier, now, templates)
    twin, wechat_routes = mount_wechat(ground)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        work = asyncio.create_task(courier.work()) if courier_works else None
        try:
            yield
        finally:
            if work is not None:
                work.cancel()
            await courier.rest()
            store.close()

    async def index(request: Request) -> Response:
        return templates.TemplateResponse(request, "index.html", _overview(twin))

    routes = [
        Route("/", index),
        *wechat_routes,
        *mount_alipay(ground),
        *mount_unionpay(ground),
        *mount_identity(ground),
        *mount_platform(ground),
        *mount_medical(ground),
    ]
    if partner := load_partner(settings.home):
        tax = TaxTwin(partner, store, now)
        routes += [*TaxApi(tax).routes(), *mount_portals(ground, partner, tax.plans)]
    if sender := load_sender(settings.home):
        routes += InboxApi(InboxTwin(sender, store, now, load_texts(settings.home)), templates).routes()
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.twin = twin
    return app


def from_environment() -> Starlette:
    """What the server process calls: the settings travel in its environment."""
    return build_app(
        Settings(
            home=Path(os.environ["SANDBOX_HOME"]),
            speed=float(os.environ.get("SANDBOX_SPEED", "1")),
            public_url=os.environ.get("SANDBOX_PUBLIC_URL") or None,
            bills_for_today=os.environ.get("SANDBOX_BILLS_FOR_TODAY") == "1",
            merchant_url=os.environ.get("SANDBOX_MERCHANT_URL") or None,
        )
    )


def _overview(twin: Twin) -> dict[str, object]:
    found = twin.store.all("SELECT * FROM wechat_order ORDER BY made_at DESC LIMIT ?", SHOWN)
    shown = [{"row": row, "state": orders.state_of(twin, row), "yuan": orders.yuan(row)} for row in found]
    carried = [
        {"row": row, "answers": twin.store.all("SELECT * FROM answer WHERE delivery_id = ?", row["id"])}
        for row in deliveries(twin)[:SHOWN]
    ]
    return {"orders": shown, "deliveries": carried, "manners": MANNERS, "words": orders.STATE_WORDS}
