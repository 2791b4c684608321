"""The tax authority: assessments of assisted persons (SX-07), and details of what was paid elsewhere (缴费明细), out."""

from collections.abc import Mapping
from typing import ClassVar

from canbao.channels.authority import AssessmentRow, CollectionRow, Kind
from canbao.channels.detail import collection
from canbao.channels.signed import Address, SignedAuthority
from canbao.channels.tax.wire import assessment


class TaxAuthority(SignedAuthority):
    """The port `Authority` over HTTP."""

    name = "tax"
    addresses: ClassVar[Mapping[Kind, Address]] = {
        "assessment": Address("/tax/assessments", AssessmentRow, assessment),
        "collection": Address("/tax/collections", CollectionRow, collection),
    }
