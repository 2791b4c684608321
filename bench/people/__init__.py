"""What is measured about people: found, registered, marked."""
