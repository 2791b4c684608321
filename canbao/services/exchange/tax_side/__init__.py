"""税务侧缴费: what the tax authority collected at its own portals is heard, placed, parked, looked at and resolved."""
