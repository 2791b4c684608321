"""收现: drawers and agents, what they took and what they handed on."""
