"""P4, policy alone: the same rules and people through Canbao, OpenFisca, zen-engine and NumPy by hand."""
