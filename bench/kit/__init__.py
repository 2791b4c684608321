"""What every row uses."""
