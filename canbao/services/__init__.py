"""The table of contents of the system: one file per verb, in the resident's words."""
