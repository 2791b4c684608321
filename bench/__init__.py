"""What is measured, each row beside a reference measured in the same run (`make bench`)."""
