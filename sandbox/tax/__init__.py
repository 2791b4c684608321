"""The tax authority, as far as it is told assessments and what was paid elsewhere: it checks, keeps, answers row by row, and can be told to fail."""
