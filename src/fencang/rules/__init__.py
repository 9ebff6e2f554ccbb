"""Event rules as pure functions: does a level trigger, and what is to be kept."""
