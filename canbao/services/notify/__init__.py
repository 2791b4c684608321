"""通知: who asked to be told, what there is to tell, and carrying it to them."""
