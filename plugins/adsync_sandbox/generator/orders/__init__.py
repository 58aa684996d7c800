"""Orders: what may happen to them, how they are paid, and the visits before them."""
