"""The tax side's portals: what a payer meets there, what was collected, and how the partner is told of it."""
