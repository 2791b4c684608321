"""Where the world comes in: clock, HTTP, forms, JSON, files, words."""
