"""What changes about people, and what is asked to change."""
