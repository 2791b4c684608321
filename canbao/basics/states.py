"""The state tables: every edge that may be walked, and the event it writes.

`records` moves along these edges and along no other; a correction has an edge of its own with
its own event name, so that it is never disguised as the normal way.
"""

from dataclasses import dataclass


class ForbiddenMove(Exception):
    """A move that the table does not know: a bug in our own code, never a resident's fault."""


@dataclass(frozen=True)
class StateTable:
    """The states of one noun, which of them are final, and the event of each edge."""

    noun: str
    edges: dict[tuple[str, str], str]

    @property
    def states(self) -> frozenset[str]:
        """All states that some edge touches."""
        return frozenset(state for edge in self.edges for state in edge)

    def event(self, old: str, new: str) -> str:
        """The event that moving writes.

        Raises:
            ForbiddenMove: the table has no such edge.
        """
        try:
            return self.edges[old, new]
        except KeyError:
            raise ForbiddenMove(f"{self.noun}: {old} → {new}") from None

    def from_states(self, new: str) -> tuple[str, ...]:
        """From where a state may be reached: what a claiming UPDATE puts into its WHERE."""
        return tuple(sorted(old for old, target in self.edges if target == new))

    def is_final(self, state: str) -> bool:
        """Whether nothing leads out of it."""
        return all(old != state for old, _ in self.edges)


ENROLMENT = StateTable(
    "enrolment",
    {
        ("active", "suspended"): "EnrolmentSuspended",
        ("suspended", "active"): "EnrolmentResumed",
        ("active", "terminated"): "EnrolmentTerminated",
        ("suspended", "terminated"): "EnrolmentTerminated",
    },
)

# payable: money is asked · zero: nothing to pay, waits for the person's word · deferred: the figure is
# awaited (CP-04) · settled: paid or confirmed at zero · superseded: a newer assessment took its place
# refunded: the whole of it was given back, so the year may be assessed and paid anew
BILL = StateTable(
    "bill",
    {
        ("payable", "settled"): "BillSettled",
        ("zero", "settled"): "ZeroBillConfirmed",
        ("payable", "superseded"): "BillSuperseded",
        ("zero", "superseded"): "BillSuperseded",
        ("deferred", "superseded"): "DeferralEnded",
        ("settled", "refunded"): "BillRefunded",
    },
)

# Money that arrives for a closed order is still money: expired and cancelled lead on to paid.
# An order with nothing to pay goes from open to settled by its owner's word (E15).
ORDER = StateTable(
    "order",
    {
        ("open", "paid"): "OrderPaid",
        ("open", "expired"): "OrderExpired",
        ("open", "cancelled"): "OrderCancelled",
        ("expired", "paid"): "LatePaymentReceived",
        ("cancelled", "paid"): "LatePaymentReceived",
        ("paid", "settled"): "OrderSettled",
        ("open", "settled"): "ZeroOrderConfirmed",
    },
)

# surplus: the money came, but its bill was settled otherwise or is void; it is owed back.
ORDER_LINE = StateTable(
    "order_line",
    {
        ("open", "settled"): "LineSettled",
        ("released", "settled"): "LineSettled",
        ("open", "released"): "LineReleased",
        ("open", "surplus"): "LineSurplus",
        ("released", "surplus"): "LineSurplus",
    },
)

ATTEMPT = StateTable(
    "attempt",
    {
        ("created", "failed"): "AttemptFailed",
        ("created", "paid"): "AttemptPaid",
        ("created", "closed"): "AttemptClosed",
        ("failed", "paid"): "LatePaymentReceived",
        ("closed", "paid"): "LatePaymentReceived",
    },
)

CALLBACK = StateTable(
    "callback",
    {
        ("kept", "settled"): "CallbackSettled",
        ("kept", "ignored"): "CallbackIgnored",
        ("kept", "parked"): "CallbackParked",
        ("kept", "rejected"): "CallbackRejected",
    },
)

COVERAGE = StateTable(
    "coverage",
    {
        ("active", "cancelled"): "CoverageCancelled",
        ("cancelled", "active"): "CoverageRestored",
    },
)

# applied: somebody asks · verified: the agency has looked, the amount stands · approved: a second person agrees,
# the money is owed · accepted: the channel has taken the refund up · abnormal: it cannot reach the payer's account
# (frozen, closed), so the money is payable on a second route, which again two people choose.
# A channel's word may come in any order and more than once, so approved leads on to every end.
REFUND = StateTable(
    "refund",
    {
        ("applied", "verified"): "RefundVerified",
        ("applied", "refused"): "RefundRefused",
        ("verified", "refused"): "RefundRefused",
        ("verified", "approved"): "RefundApproved",
        ("approved", "accepted"): "RefundAccepted",
        ("approved", "paid"): "RefundPaid",
        ("accepted", "paid"): "RefundPaid",
        ("approved", "abnormal"): "RefundReturned",
        ("accepted", "abnormal"): "RefundReturned",
        ("abnormal", "rerouted"): "RefundRerouted",
        ("abnormal", "paid"): "RefundPaidAfterAll",
        ("rerouted", "paid"): "RefundPaid",
    },
)

# crossing: the other side has it on the neighbouring day (日切), it clears itself · cured: two people agreed
BREAK = StateTable(
    "break",
    {
        ("crossing", "open"): "BreakOpened",
        ("open", "cleared"): "BreakClearedItself",
        ("crossing", "cleared"): "BreakClearedItself",
        ("open", "cured"): "BreakCured",
    },
)

APPROVAL = StateTable(
    "approval",
    {
        ("open", "granted"): "ApprovalGranted",
        ("open", "declined"): "ApprovalDeclined",
    },
)

# draft: still being filled in by its owner · review: waits for somebody of the agency · returned: given back
# with a reason, to be changed and handed in again · approved: the person is on the register
APPLICATION = StateTable(
    "application",
    {
        ("draft", "review"): "ApplicationSubmitted",
        ("draft", "approved"): "ApplicationApprovedAtOnce",
        ("review", "approved"): "ApplicationApproved",
        ("review", "returned"): "ApplicationReturned",
        ("returned", "review"): "ApplicationResubmitted",
        ("returned", "approved"): "ApplicationApprovedAtOnce",
    },
)

# declared: the person's own word, which staff look at (FY-04) · verified counts · refused does not, and may change
DECLARATION = StateTable(
    "declaration",
    {
        ("declared", "verified"): "DeclarationVerified",
        ("declared", "refused"): "DeclarationRefused",
        ("refused", "declared"): "DeclaredAgain",
        ("refused", "verified"): "DeclarationVerifiedAfterAll",
        ("verified", "refused"): "DeclarationTakenBack",
    },
)

# What a resident asks for and a clerk decides; a granted 异地就医备案 lasts until it is ended (LZ-07, LZ-10).
CHANGE_REQUEST = StateTable(
    "change_request",
    {
        ("open", "granted"): "RequestGranted",
        ("open", "refused"): "RequestRefused",
        ("open", "withdrawn"): "RequestWithdrawn",
        ("granted", "ended"): "FilingEnded",
    },
)

# Two records paid for the same time: cleared when one of them is gone by itself (N-33-1, LZ-11).
DUPLICATE = StateTable(
    "duplicate",
    {
        ("open", "decided"): "DuplicateDecided",
        ("open", "cleared"): "DuplicateCleared",
    },
)

# waiting: to be told, or told without an answer yet · withdrawn: taken back before anybody was told
# A refused row is not told again, what is tried again is a new row; settled: somebody put it right outside, and says how.
OUTBOX = StateTable(
    "outbox_row",
    {
        ("waiting", "accepted"): "OutboxRowAccepted",
        ("waiting", "refused"): "OutboxRowRefused",
        ("waiting", "withdrawn"): "OutboxRowWithdrawn",
        ("refused", "settled"): "OutboxRowSettled",
    },
)

# What another system says of a person: replaced by a newer word on the same thing, withdrawn when it says so no more.
# Heard again, it is a new row; rows are never rewritten.
HEARD = StateTable(
    "heard_fact",
    {
        ("holds", "replaced"): "FactReplaced",
        ("holds", "withdrawn"): "FactWithdrawn",
    },
)

# waiting: to be sent, or sent without a known outcome · sent: the messenger has it · refused: it says never (with its
# code) · given_up: nobody could say, often enough · withdrawn: the consent was, before it went
MESSAGE = StateTable(
    "message",
    {
        ("waiting", "sent"): "MessageSent",
        ("waiting", "refused"): "MessageRefused",
        ("waiting", "given_up"): "MessageGivenUp",
        ("waiting", "withdrawn"): "MessageWithdrawn",
    },
)

MESSAGE_CONSENT = StateTable("message_consent", {("active", "withdrawn"): "MessageConsentWithdrawn"})

# waiting: somebody of the agency is to answer · answered: the resident is to read it · solved: the resident's own word,
# which may be taken back by asking again (CP-21)
FEEDBACK = StateTable(
    "feedback",
    {
        ("waiting", "answered"): "FeedbackAnswered",
        ("answered", "waiting"): "FeedbackAskedAgain",
        ("waiting", "solved"): "FeedbackSolved",
        ("answered", "solved"): "FeedbackSolved",
        ("solved", "waiting"): "FeedbackAskedAgain",
    },
)

# One shift of a drawer or an agent; a difference found at its close is a row of its own.
SHIFT = StateTable("shift", {("open", "closed"): "ShiftClosed"})

# refused: nothing was to be settled, the money goes back at once; the same receipt may be tried again.
TAKING = StateTable(
    "taking",
    {
        ("refused", "taken"): "TakingAccepted",
        ("taken", "given_back"): "TakingGivenBack",
    },
)

# told: heard, not judged · placed: whose it is and for which bill is known, an order holds it · settled, surplus: as a
# line ends · parked: nobody can say what it pays, so its money lies in suspense and people look at it; corrected: a
# day's file says otherwise than the notice, so it is judged anew
TAX_PAYMENT = StateTable(
    "tax_payment",
    {
        ("told", "placed"): "TaxPaymentPlaced",
        ("told", "parked"): "TaxPaymentParked",
        ("parked", "placed"): "TaxPaymentPlacedAfterAll",
        ("placed", "settled"): "TaxPaymentSettled",
        ("placed", "surplus"): "TaxPaymentOwedBack",
        ("placed", "parked"): "TaxPaymentParkedAfterAll",
        ("parked", "corrected"): "TaxPaymentCorrected",
        ("corrected", "placed"): "TaxPaymentPlacedAfterAll",
        ("corrected", "parked"): "TaxPaymentParkedAfterAll",
    },
)

ALL_TABLES = (
    ENROLMENT, BILL, ORDER, ORDER_LINE, ATTEMPT, CALLBACK, COVERAGE, REFUND, BREAK, APPROVAL, APPLICATION, DECLARATION,
    CHANGE_REQUEST, DUPLICATE, OUTBOX, HEARD, MESSAGE, MESSAGE_CONSENT, FEEDBACK, SHIFT, TAKING, TAX_PAYMENT,
)  # fmt: skip
