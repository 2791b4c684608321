"""What came in from outside and what goes out."""
