"""Medical insurance: collection details (缴费明细) cover (待遇) and postings (入库) out. Its addresses are ours: none is public (0037)."""

from collections.abc import Mapping
from typing import ClassVar

from canbao.channels.authority import CollectionRow, CoverageRow, Kind, PostingRow
from canbao.channels.detail import collection
from canbao.channels.medical.wire import coverage, posting
from canbao.channels.signed import Address, SignedAuthority


class MedicalInsurance(SignedAuthority):
    """The port `Authority` over HTTP."""

    name = "medical"
    addresses: ClassVar[Mapping[Kind, Address]] = {
        "collection": Address("/medical/collections", CollectionRow, collection),
        "coverage": Address("/medical/coverage", CoverageRow, coverage),
        "posting": Address("/medical/postings", PostingRow, posting),
    }
