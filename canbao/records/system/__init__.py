"""Areas, packs, counters, events."""
