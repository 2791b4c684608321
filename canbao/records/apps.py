"""Tells Django where the tables are."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """All tables of Canbao."""

    name = "canbao.records"
    label = "records"
