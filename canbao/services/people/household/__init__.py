"""医保户: who shares the outpatient quota of whom, and what of it is used (FY-21 … FY-26)."""
