"""The tax authority, as far as it is told assessments: it checks, keeps, answers row by row, and can be told to fail."""
