"""The tree of refusals: what a resident is told when the answer is not a price.

    Refusal                      code, heading, why, steps; `facts` fill the braces
    ├── NotRegistered            E-1001  ├── DocumentMismatch      E-1003
    ├── SeveralPlaces            E-1002  ├── ClassMismatch         E-1004
    ├── AlreadyPaid              E-1005  ├── OrderUnfinished       E-1006
    ├── InEmployeeScheme         E-1007  ├── EnrolledElsewhere     E-1008
    ├── NothingToPay             E-1009  ├── RosterPending         E-1010
    ├── OutsideWindow            E-1011  ├── EnrolmentEnded        E-1012
    ├── HouseholdMismatch        E-1013  ├── OutcomeUnknown        E-1014
    ├── SubsidyPending           E-1015  ├── MustPaySelf           E-1016
    ├── CredentialInactive       E-1017  ├── NotOnlineForAssisted  E-1018
    ├── NormalAlreadyPaid        E-1019  ├── RegisteredByDepartment E-1020
    ├── FigureUnknown            E-1021  ├── PushPending           E-1022
    ├── ChannelNotSuited         E-1023  ├── FactMissing           E-1024
    ├── MaybeAssisted            E-1025  ├── RefundNotAllowed      E-1026
    ├── RefundUnclear            E-1027  ├── RefundTooMuch         E-1028
    ├── SecondPersonNeeded       E-1029  ├── ContentChanged        E-1030
    ├── StepNotDue               E-1031  ├── StatementRefused      E-1032
    ├── DayNotProved             E-1033  ├── RosterRefused         E-1034
    ├── DrawerDiffers            E-1036
    ├── AlreadyRegistered        E-1041  ├── EvidenceRefused      E-1042
    ├── ProofMissing             E-1043  ├── IdentityUnavailable  E-1044
    ├── TooManyLinked            E-1045
    ├── RecordTaken              E-1051  ├── ChangeTooLate         E-1052
    ├── ChangeRefused            E-1053  ├── RequestUnderWay       E-1054
    ├── StatementNeeded          E-1055
    ├── CannotSayYet             E-1061  ├── FeedRefused           E-1062
    ├── DeathMarked              E-1012  (a stranger is not told which mark it is)
    ├── NoMatch                  E-1001  (a stranger is not told which of E-1001 and E-1003 it is)
    ├── BadInput                 E-1100  a field of a form
    ├── TooManyTries             E-1101
    ├── PageExpired              E-1102
    ├── ChannelUnavailable       E-1103
    ├── NotFound                 E-1104
    ├── KeyUsedOtherwise         E-1105  a partner's key for two requests
    ├── Busy                     E-1106  the database cannot take it now
    ├── Maintenance              E-1107  switched off on purpose
    ├── Offline                  E-1108  the phone has no network
    ├── NoPermission             E-1109  somebody else's page
    ├── NothingHere              E-1110  an empty list
    └── OurFault                 E-1500  a fault of ours

Every page that shows one has five parts: what happened (`heading`), why, what to do (`steps`),
whom to call (the pack's contacts), and the code. `charged` says the first line: 还没有扣钱。
A pack may replace `why` and `steps` for its area; the words here are the plain default.
"""

from canbao.basics.refusals.around import (
    BadInput,
    Busy,
    ChannelUnavailable,
    KeyUsedOtherwise,
    Maintenance,
    NoPermission,
    NotFound,
    NothingHere,
    Offline,
    OurFault,
    PageExpired,
    TooManyTries,
)
from canbao.basics.refusals.changing import (
    ChangeRefused,
    ChangeTooLate,
    RecordTaken,
    RequestUnderWay,
    StatementNeeded,
)
from canbao.basics.refusals.paying import (
    AlreadyPaid,
    CannotSayYet,
    ChannelNotSuited,
    ClassMismatch,
    CredentialInactive,
    DeathMarked,
    DocumentMismatch,
    EnrolledElsewhere,
    EnrolmentEnded,
    FactMissing,
    FigureUnknown,
    HouseholdMismatch,
    InEmployeeScheme,
    MaybeAssisted,
    MustPaySelf,
    NoMatch,
    NormalAlreadyPaid,
    NothingToPay,
    NotOnlineForAssisted,
    NotRegistered,
    OrderUnfinished,
    OutcomeUnknown,
    OutsideWindow,
    PushPending,
    RegisteredByDepartment,
    RosterPending,
    SeveralPlaces,
    SubsidyPending,
)
from canbao.basics.refusals.refusal import (
    Refusal,
)
from canbao.basics.refusals.registering import (
    AlreadyRegistered,
    EvidenceRefused,
    IdentityUnavailable,
    ProofMissing,
    TooManyLinked,
)
from canbao.basics.refusals.staff import (
    ContentChanged,
    DayNotProved,
    DrawerDiffers,
    FeedRefused,
    RefundNotAllowed,
    RefundTooMuch,
    RefundUnclear,
    RosterRefused,
    SecondPersonNeeded,
    StatementRefused,
    StepNotDue,
)

__all__ = [
    "AlreadyPaid",
    "AlreadyRegistered",
    "BadInput",
    "Busy",
    "CannotSayYet",
    "ChangeRefused",
    "ChangeTooLate",
    "ChannelNotSuited",
    "ChannelUnavailable",
    "ClassMismatch",
    "ContentChanged",
    "CredentialInactive",
    "DayNotProved",
    "DeathMarked",
    "DocumentMismatch",
    "DrawerDiffers",
    "EnrolledElsewhere",
    "EnrolmentEnded",
    "EvidenceRefused",
    "FactMissing",
    "FeedRefused",
    "FigureUnknown",
    "HouseholdMismatch",
    "IdentityUnavailable",
    "InEmployeeScheme",
    "KeyUsedOtherwise",
    "Maintenance",
    "MaybeAssisted",
    "MustPaySelf",
    "NoMatch",
    "NoPermission",
    "NormalAlreadyPaid",
    "NotFound",
    "NotOnlineForAssisted",
    "NotRegistered",
    "NothingHere",
    "NothingToPay",
    "Offline",
    "OrderUnfinished",
    "OurFault",
    "OutcomeUnknown",
    "OutsideWindow",
    "PageExpired",
    "ProofMissing",
    "PushPending",
    "RecordTaken",
    "RefundNotAllowed",
    "RefundTooMuch",
    "RefundUnclear",
    "Refusal",
    "RegisteredByDepartment",
    "RequestUnderWay",
    "RosterPending",
    "RosterRefused",
    "SecondPersonNeeded",
    "SeveralPlaces",
    "StatementNeeded",
    "StatementRefused",
    "StepNotDue",
    "SubsidyPending",
    "TooManyLinked",
    "TooManyTries",
]
