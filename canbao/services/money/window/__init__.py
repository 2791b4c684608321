"""收现: drawers at the window, agents on their rounds, terminals in the hall."""
