"""变更: one file a verb for what changes about a person who is on the register."""
