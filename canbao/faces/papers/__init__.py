"""PDF written."""
