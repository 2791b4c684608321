"""What a resident's phone waits for."""
