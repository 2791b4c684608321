"""Pure decisions: packs in, answers out. No Django, no clock, no database, no float, no default for the unknown."""
