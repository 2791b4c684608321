"""参保登记: applications with their evidence, the agency's queue, lists of schools and villages, declarations."""
