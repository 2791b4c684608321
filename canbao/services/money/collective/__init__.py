"""集中代收: a village agent or a school pays for many at once."""
