"""How an answer is found: window, price, help, lateness, cover, in the order of `decide.py`."""
