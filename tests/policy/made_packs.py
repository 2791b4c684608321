"""Packs that nobody wrote: every section drawn at random, so that two speeds are held equal on rules to come."""

from datetime import date
from typing import Any

import yaml
from hypothesis import strategies as st

from canbao.policy.loader import resolve
from canbao.policy.pack import Pack

SILENT = {"status": "not_stated", "rule": "T"}
GROUPS = ("extreme_hardship", "minimum_living_allowance", "monitored_person", "orphan")
STARTS = (
    "period_start",
    "payment_day",
    "next_day",
    "next_month",
    "plus 3 months",
    "after 60 days",
    "month 3",
)


def said(values: st.SearchStrategy[Any], key: str = "value") -> st.SearchStrategy[dict[str, Any]]:
    """A value that is stated, or, now and then, not."""
    stated = values.map(lambda bare: {key: bare, "status": "stated", "rule": "T"})
    return st.one_of(stated, stated, stated, st.just(SILENT))


def some(**entries: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A section with any of its keys."""
    return st.fixed_dictionaries({}, optional=entries)


money = said(st.integers(0, 900), "yuan")
truth = said(st.booleans())
days = said(st.dates(date(2026, 9, 1), date(2027, 12, 31)).map(date.isoformat))
starts = said(st.sampled_from(STARTS))
lengths = said(st.sampled_from(["3 months", "90 days", "60 days", "6 months", "1 months"]))
conditions = some(
    ages=st.sampled_from(["0-17", "18-59", "60-150", "18-150"]),
    sex=st.sampled_from(["male", "female"]),
    tier=st.sampled_from(["1", "2"]),
    person_classes=st.sampled_from([["student"], ["adult", "senior"]]),
    declared=st.sampled_from([["returning_worker"], ["residence_permit"]]),
    groups=st.sampled_from([["orphan"], ["minimum_living_allowance"]]),
    born_first_date=st.sampled_from(["2009-01-01", "2026-01-01"]),
)
subsidies = st.one_of(
    said(st.sampled_from(["full", "none", "pending"])),
    said(st.integers(0, 500), "fixed_yuan"),
    said(st.integers(0, 100), "percent"),
)
prices = st.lists(
    st.fixed_dictionaries(
        {"label": st.just("某档"), "individual": money},
        optional={"who": conditions, "surcharges": st.fixed_dictionaries({"care": money})},
    ),
    min_size=1,
    max_size=4,
)
groups = st.dictionaries(
    st.sampled_from(GROUPS),
    st.fixed_dictionaries(
        {"name": st.just("某类"), "subsidy": subsidies},
        optional={
            "surcharge_subsidies": st.fixed_dictionaries({"care": subsidies}),
            "registered_by": said(st.sampled_from(["department", "self"])),
            "base": said(st.sampled_from(["n0", "n1"])),
        },
    ),
    max_size=4,
)
cohorts = st.fixed_dictionaries(
    {"label": st.just("某些人"), "who": conditions},
    optional={"opens": days, "closes": days, "days_of_month_after_period": truth},
)
bands = st.fixed_dictionaries(
    {"label": st.just("某段")},
    optional={
        "opens": days,
        "closes": days,
        "who": conditions,
        "price": st.one_of(
            said(st.sampled_from(["individual", "individual_and_fiscal", "closed"])),
            said(st.integers(0, 1200), "yuan"),
        ),
        "spared_groups": said(st.sampled_from([["orphan"], list(GROUPS)])),
        "spared_classes": said(st.just(["student"])),
        "subsidy_kept": truth,
        "waiting": said(st.sampled_from(["none", "by_rule"])),
        "coverage_start": starts,
    },
)
waivers = st.fixed_dictionaries(
    {"label": st.just("某些人")},
    optional={
        "who": conditions,
        "event": st.sampled_from(["birth", "left_employee_scheme", "graduation"]),
        "within": lengths,
        "continuous_years": said(st.integers(1, 3)),
        "waives": said(st.sampled_from(["all", "variable"])),
    },
)
newborn_bands = st.fixed_dictionaries(
    {"label": st.just("某段")},
    optional={
        "within": lengths,
        "to_year_end": truth,
        "last_day_counts": truth,
        "measured_at": said(st.sampled_from(["payment", "registration"])),
        "price": said(st.sampled_from(["free", "individual", "individual_and_fiscal"])),
        "coverage_start": starts,
    },
)


def named(entries: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[dict[str, Any]]:
    """Entries under names of no meaning."""
    return st.lists(entries, max_size=most).map(
        lambda made: {f"n{place}": one for place, one in enumerate(made)}
    )


documents = st.fixed_dictionaries(
    {"prices": prices.map(lambda made: {f"n{place}": one for place, one in enumerate(made)})},
    optional={
        "fiscal_subsidy": money,
        "assistance": some(
            groups=groups, list_is_open=truth, resolution=said(st.just("highest")), push_required=truth
        ),
        "collection": some(
            opens=days,
            closes=days,
            closes_at=said(st.sampled_from(["24:00", "17:30", "09:00"])),
            days_of_month=said(st.sampled_from(["1-25", "10-20"])),
            days_of_month_in=st.dictionaries(
                st.sampled_from(["2026-12", "2027-01"]), said(st.sampled_from(["1-31", "5-28"])), max_size=2
            ),
            moves_for_holidays=truth,
            registration_closes=days,
            cohorts=named(cohorts, 2),
        ),
        "late": named(bands, 3),
        "benefit_period": st.fixed_dictionaries(
            {
                "first_date": st.just({"value": "2027-01-01", "status": "stated", "rule": "T"}),
                "last_date": st.just({"value": "2027-12-31", "status": "stated", "rule": "T"}),
            },
            optional={"paid_before_start": starts, "paid_after_start": starts},
        ),
        "newborn": some(
            birth_year_free=truth,
            birth_year_coverage=starts,
            bands=named(newborn_bands, 3),
            across_years=some(
                born_from=said(st.just("10-01")),
                obligation=said(st.sampled_from(["both_years", "choice"])),
                next_year_price=money,
            ),
        ),
        "students": named(
            st.fixed_dictionaries(
                {"label": st.just("学生")},
                optional={
                    "who": conditions,
                    "entry_year_start": said(st.just("09-01")),
                    "lump_sum_years": said(st.integers(1, 4)),
                    "price_locked": truth,
                    "last_year_ends": said(st.just("08-31")),
                },
            ),
            2,
        ),
        "waiting": some(
            from_benefit_year=said(st.integers(2024, 2028)),
            applies_to=said(st.sampled_from(["late", "all"])),
            fixed=lengths,
            variable_per_year=said(st.just("1 months")),
            free_years=said(st.integers(0, 1)),
            count_from_year=said(st.integers(2022, 2026)),
            counts_from=said(st.sampled_from(["payment_day", "next_day", "payment_month"])),
            last_day_waits=truth,
            repair_price=said(st.sampled_from(["individual", "individual_and_fiscal"])),
            floor=said(st.just("6 months")),
            floor_from_gap_years=said(st.integers(2, 4)),
            waivers=named(waivers, 2),
            waivers_are_open=truth,
        ),
    },
)
HEAD = {"area": "990900", "name": "某市", "benefit_year": 2027, "collection_year": 2026, "source": "made-up"}


def _pack(document: dict[str, Any]) -> Pack:
    text = yaml.safe_dump(HEAD | document, allow_unicode=True).encode()
    return resolve("990900", 2027, lambda area, _year: text if area == "990900" else None)


made_packs = documents.map(_pack)
