"""Finding orders by the random token that opens their page."""

from canbao.records.models import Order

BUCKET_DIGITS = 4


def new_token(bucket: int, random_part: str) -> str:
    """The token of an order: its bucket, so that the page finds its shard, and a random part."""
    return f"{bucket:0{BUCKET_DIGITS}d}{random_part}"[:43]


def order_by_token(token: str) -> Order | None:
    """The order a token opens, or None; a token of the wrong shape opens nothing."""
    head = token[:BUCKET_DIGITS]
    if not (head.isascii() and head.isdigit()):
        return None
    return Order.objects.filter(bucket=int(head), token=token).first()
