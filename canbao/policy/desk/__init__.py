"""政策维护: what the person who writes packs asks for: check, cases, explanation, difference, draft."""
