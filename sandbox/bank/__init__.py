"""A bank that deducts: a batch file in, a result file out, both as the bank's data file says."""
