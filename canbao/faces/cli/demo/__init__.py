"""The living demo: invented people in the five areas of the notices, played through the real services."""
