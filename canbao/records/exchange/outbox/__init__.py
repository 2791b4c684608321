"""发件箱: the rows that wait, went, were accepted or refused, and what each of them says."""
