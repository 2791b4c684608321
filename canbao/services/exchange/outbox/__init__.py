"""发件箱: what other authorities must be told, from the transaction that makes it true to their word on each row."""
