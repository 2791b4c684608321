"""反馈: what residents tell the agency, and its answers (CP-21)."""
