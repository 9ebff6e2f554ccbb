"""What the pre-trade controls remember beside limits and books."""
