"""What staff type about people."""
