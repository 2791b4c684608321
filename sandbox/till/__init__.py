"""What the twins have in common whose orders come to be when a payer opens a signed link."""
