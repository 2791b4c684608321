"""A stand-in for the acquirer of the card terminals."""
