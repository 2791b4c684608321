"""What Canbao's speed is measured against: ratios to a reference in the same run, never in the test suite."""
