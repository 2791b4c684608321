"""What is owed, ordered, paid, booked and covered."""
