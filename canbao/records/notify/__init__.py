"""通知: who wants to be told, what they are to be told, and how far the journal has been read for it."""
