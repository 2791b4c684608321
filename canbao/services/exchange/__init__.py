"""What goes to and comes from others."""
