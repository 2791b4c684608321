"""听到的: what other systems say of people, when they were asked, and the daily feeds."""
