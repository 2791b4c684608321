"""What the tax side collected without an order of ours: its messages as they came, and each payment of them."""
