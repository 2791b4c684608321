"""Every table, gathered for Django; each noun has a file of its own."""

from canbao.records.exchange.callback import Callback
from canbao.records.exchange.deduction import DeductionBatch, DeductionLine, Mandate
from canbao.records.exchange.outbox.table import OutboxRow, PushBatch
from canbao.records.exchange.partner import PartnerCall
from canbao.records.exchange.roster import Roster, RosterLine
from canbao.records.exchange.statement import Break, DayClose, Statement, StatementLine
from canbao.records.exchange.tax.payment import TaxMessage, TaxPayment
from canbao.records.exchange.treasury import TreasuryFile, TreasuryLine
from canbao.records.money.attempt import Attempt
from canbao.records.money.bill import Bill
from canbao.records.money.collective.collection import Collection, CollectionOrder
from canbao.records.money.collective.share import CollectiveShare
from canbao.records.money.contribution import ContributionRecord
from canbao.records.money.coverage import Coverage
from canbao.records.money.entry import Entry
from canbao.records.money.order import Order, OrderLine
from canbao.records.money.refund import Refund
from canbao.records.money.seal import LedgerSeal
from canbao.records.money.window.shift import CashOut, Shift
from canbao.records.money.window.taking import Taking
from canbao.records.notify.message import Message, MessageConsent, MessageCursor
from canbao.records.people.changes.duplicate import Duplicate, ElsewhereCover
from canbao.records.people.changes.request import ChangeRequest
from canbao.records.people.consent import Consent
from canbao.records.people.enrolment import Enrolment
from canbao.records.people.feedback import Feedback, FeedbackWord
from canbao.records.people.group_answer import GroupAnswer
from canbao.records.people.heard.fact import HeardFact, PlatformAsk
from canbao.records.people.heard.feed import PlatformFeed
from canbao.records.people.household import HouseholdMember, QuotaEntry
from canbao.records.people.identifier import Identifier
from canbao.records.people.identity.certificate import Certificate
from canbao.records.people.identity.linked import LinkedPerson
from canbao.records.people.identity.login import Login
from canbao.records.people.identity.payer import OrderPayer
from canbao.records.people.mark import IdentityMark
from canbao.records.people.person import Person
from canbao.records.people.registration.application import Application
from canbao.records.people.registration.declaration import Declaration
from canbao.records.people.registration.enrolment_list import EnrolmentList
from canbao.records.people.registration.evidence import Evidence
from canbao.records.system.approval import Approval
from canbao.records.system.area import Area, CollectionUnit
from canbao.records.system.calendar import WorkCalendarOverride
from canbao.records.system.counter import IdCounter
from canbao.records.system.event import Event
from canbao.records.system.pack import PackVersion, ResolvedPack
from canbao.records.system.tally import RateTally

__all__ = [
    "Application",
    "Approval",
    "Area",
    "Attempt",
    "Bill",
    "Break",
    "Callback",
    "CashOut",
    "Certificate",
    "ChangeRequest",
    "Collection",
    "CollectionOrder",
    "CollectionUnit",
    "CollectiveShare",
    "Consent",
    "ContributionRecord",
    "Coverage",
    "DayClose",
    "Declaration",
    "DeductionBatch",
    "DeductionLine",
    "Duplicate",
    "ElsewhereCover",
    "Enrolment",
    "EnrolmentList",
    "Entry",
    "Event",
    "Evidence",
    "Feedback",
    "FeedbackWord",
    "GroupAnswer",
    "HeardFact",
    "HouseholdMember",
    "IdCounter",
    "Identifier",
    "IdentityMark",
    "LedgerSeal",
    "LinkedPerson",
    "Login",
    "Mandate",
    "Message",
    "MessageConsent",
    "MessageCursor",
    "Order",
    "OrderLine",
    "OrderPayer",
    "OutboxRow",
    "PackVersion",
    "PartnerCall",
    "Person",
    "PlatformAsk",
    "PlatformFeed",
    "PushBatch",
    "QuotaEntry",
    "RateTally",
    "Refund",
    "ResolvedPack",
    "Roster",
    "RosterLine",
    "Shift",
    "Statement",
    "StatementLine",
    "Taking",
    "TaxMessage",
    "TaxPayment",
    "TreasuryFile",
    "TreasuryLine",
    "WorkCalendarOverride",
]
