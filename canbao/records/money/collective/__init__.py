"""集中代收: whose fees an agent collects, and what a collective adds for them."""
