"""What staff type about money."""
