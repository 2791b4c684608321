"""The treasury (国库) and the tax side's receipt numbers: a remittance file in, a posting file out."""
