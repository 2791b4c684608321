"""The endpoints of APIv3 that a merchant's server calls."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.wechat import bill, gate, orders, refunds
from sandbox.wechat.twin import Problem, Twin

H5_PATH = "/cgi-bin/mmpayweb-bin/checkmweb"
FILE_PATH = "/v3/billdownload/file"


class Api:
    """One method per endpoint; the gate has let the caller in before any of them runs."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin

    def routes(self) -> list[Route]:
        """The paths as the platform spells them."""
        paths: list[tuple[str, str, gate.Work]] = [
            ("POST", "/v3/pay/transactions/{kind:str}", self.place),
            ("GET", "/v3/pay/transactions/out-trade-no/{number}", self.query),
            ("GET", "/v3/pay/transactions/id/{number}", self.query_by_id),
            ("POST", "/v3/pay/transactions/out-trade-no/{number}/close", self.close),
            ("POST", "/v3/refund/domestic/refunds", self.refund),
            ("GET", "/v3/refund/domestic/refunds/{number}", self.query_refund),
            ("GET", "/v3/bill/tradebill", self.trade_bill),
        ]
        guarded = [Route(path, gate.guarded(self.twin, work), methods=[verb]) for verb, path, work in paths]
        return [*guarded, Route(FILE_PATH, self.bill_file, methods=["GET"])]

    def place(self, request: Request, params: orders.Params) -> gate.Answer:
        """H5, JSAPI or Native: the same order, another key for the payer."""
        kind = request.path_params["kind"]
        if kind not in orders.TRADE_TYPES:
            raise Problem(404, "RESOURCE_NOT_EXISTS", "接口不存在")
        order = orders.place(self.twin, kind, params)
        if kind == "jsapi":
            return {"prepay_id": order["prepay_id"]}
        if kind == "native":
            return {"code_url": f"weixin://wxpay/bizpayurl?pr={order['prepay_id'][-9:]}"}
        query = urlencode({"prepay_id": order["prepay_id"], "package": orders.package_of(order)})
        base = self.twin.public_url or str(request.base_url).rstrip("/")
        return {"h5_url": f"{base}{H5_PATH}?{query}"}

    def query(self, request: Request, _: orders.Params) -> gate.Answer:
        """By the merchant's number."""
        self._own(request.query_params.get("mchid"))
        return orders.describe(self.twin, orders.get(self.twin, request.path_params["number"]))

    def query_by_id(self, request: Request, _: orders.Params) -> gate.Answer:
        """By WeChat's number."""
        self._own(request.query_params.get("mchid"))
        return orders.describe(self.twin, orders.get_by_transaction(self.twin, request.path_params["number"]))

    def close(self, request: Request, params: orders.Params) -> gate.Answer:
        """204 without a body."""
        self._own(params.get("mchid"))
        orders.close(self.twin, request.path_params["number"])
        return None

    def refund(self, _: Request, params: orders.Params) -> gate.Answer:
        """Accepted means PROCESSING."""
        return refunds.ask(self.twin, params)

    def query_refund(self, request: Request, _: orders.Params) -> gate.Answer:
        """By the merchant's refund number."""
        return refunds.get(self.twin, request.path_params["number"])

    def trade_bill(self, request: Request, _: orders.Params) -> gate.Answer:
        """The link to the file of a day, on the base the caller used."""
        query = request.query_params
        made = bill.ask(
            self.twin, query.get("bill_date", ""), query.get("bill_type", "ALL"), query.get("tar_type", "")
        )
        token = made.pop("token")
        base = str(request.base_url).rstrip("/")
        return {**made, "download_url": f"{base}{FILE_PATH}?token={token}"}

    async def bill_file(self, request: Request) -> Response:
        """The file itself. The request is signed, the answer is not: its hash stands for it."""
        try:
            gate.verify(self.twin, request, await request.body())
            content = bill.fetch(self.twin, request.query_params.get("token", ""))
        except Problem as problem:
            return gate.signed(self.twin, problem.status, problem.payload())
        return Response(content, media_type="application/octet-stream")

    def _own(self, mchid: object) -> None:
        if mchid != self.twin.keys.mchid:
            raise Problem(400, "PARAM_ERROR", "商户号有误或必填而未填")
