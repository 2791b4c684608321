"""What residents are told and registered by."""
