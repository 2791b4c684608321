"""参保登记: who may register here on what ground, and what may be declared."""
