"""What is owed, paid, booked and proved."""
