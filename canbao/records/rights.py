"""Who may do what in PostgreSQL: the role that serves may add to the ledger and to the trail, and change neither.

The owner of the tables runs migrations and nothing else; a stolen password of the serving role cannot rewrite
what was booked.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

# Rows that are only ever added. What corrects one is a new row (house rule 3).
ADDED_ONLY = frozenset(
    {
        "entry",
        "event",
        "ledger_seal",
        "consent",
        "pack_version",
        "resolved_pack",
        "enrolment_list",
        "quota_entry",
        "contribution_certificate",
        "order_payer",
        "collective_collection",
        "collective_order",
        "cash_out",
        "feedback_word",
    }
)
# What nobody owes anybody: forgeries past their thirty days, of channels and of the tax side, tallies of yesterday, applications never handed in
# with their papers, papers taken back before that, logins that are over.
MAY_BE_DELETED = frozenset(
    {"callback", "tax_message", "rate_tally", "registration_application", "evidence", "login"}
)


def rights_of(table: str) -> tuple[str, ...]:
    """What the serving role may do with a table."""
    if table in ADDED_ONLY:
        return ("SELECT", "INSERT")
    more = ("DELETE",) if table in MAY_BE_DELETED else ()
    return ("SELECT", "INSERT", "UPDATE", *more)


def statements(role: str) -> Iterator[str]:
    """The GRANT statements for a role, in the order of the tables; running them again changes nothing.

    Raises:
        ValueError: the role's name is not one that needs no quoting.
    """
    if not role.isidentifier() or not role.isascii():
        raise ValueError(f"{role!r} is no name for a role")
    yield f"GRANT SELECT ON django_migrations TO {role}"
    for model in apps.get_app_config("records").get_models():
        table = model._meta.db_table
        yield f'REVOKE ALL ON "{table}" FROM {role}'
        yield f'GRANT {", ".join(rights_of(table))} ON "{table}" TO {role}'
        if isinstance(model._meta.pk, models.AutoField):
            yield f'GRANT USAGE ON SEQUENCE "{table}_id_seq" TO {role}'
