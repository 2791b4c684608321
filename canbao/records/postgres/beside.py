"""An index on a table that holds rows already: PostgreSQL builds it beside the writers."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class AddIndexBeside(AddIndexConcurrently):
    """Concurrently where the engine can; SQLite has one writer anyway."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Build it."""
        how = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.AddIndex
        how.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop it."""
        how = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.AddIndex
        how.database_backwards(self, app_label, schema_editor, from_state, to_state)
