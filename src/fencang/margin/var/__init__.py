"""Historical-simulation VaR: what positions would have lost over past moves of their prices.

Scenarios are built outside the core and enter as integers; the package knows no files, no clock
and no randomness, and takes no square root of time.
"""
