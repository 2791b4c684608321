"""申报: what people may declare here to pay by dates of their own, and what it is called (FY-04)."""

from dataclasses import dataclass
from datetime import date

from canbao.policy.format.vocabulary import DECLARATIONS
from canbao.policy.pack import Pack


def word_of(pack: Pack, declaration: str) -> str:
    """What people read for something declared: the cohort's label here, else the usual word."""
    for cohort in pack.collection.cohorts.values():
        if declaration in cohort.who.declared:
            return cohort.label
    return DECLARATIONS.get(declaration, declaration)


@dataclass(frozen=True)
class CohortWord:
    """Something that can be declared here for later dates of one's own (FY-04). `needs_proof`: staff verify it first."""

    word: str
    label: str
    until: date | None
    needs_proof: bool


def cohort_words(pack: Pack) -> tuple[CohortWord, ...]:
    """What people may declare to pay by other dates. Where nobody says how it is shown, it is verified."""
    return tuple(
        CohortWord(word, cohort.label, cohort.closes.known, cohort.shown_by.known != "declared")
        for cohort in pack.collection.cohorts.values()
        for word in cohort.who.declared
    )
