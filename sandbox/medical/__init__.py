"""Medical insurance: it is told what was paid and who is covered, and loses, repeats and refuses."""
