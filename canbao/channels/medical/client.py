"""Medical insurance: collection details (缴费明细) and cover (待遇) out. Its two addresses are ours: none is public (0037)."""

from collections.abc import Mapping
from typing import ClassVar

from canbao.channels.authority import CollectionRow, CoverageRow, Kind
from canbao.channels.detail import collection
from canbao.channels.medical.wire import coverage
from canbao.channels.signed import Address, SignedAuthority


class MedicalInsurance(SignedAuthority):
    """The port `Authority` over HTTP."""

    name = "medical"
    addresses: ClassVar[Mapping[Kind, Address]] = {
        "collection": Address("/medical/collections", CollectionRow, collection),
        "coverage": Address("/medical/coverage", CoverageRow, coverage),
    }
