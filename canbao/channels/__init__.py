"""Everything outside, as bytes in and values out. Knows no tables and takes no decisions."""
