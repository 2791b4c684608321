"""Pages about people: registering, declaring, what to bring and where to go."""
