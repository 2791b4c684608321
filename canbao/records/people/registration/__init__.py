"""参保登记: what was applied for, with what papers, what was declared, and which lists came."""
