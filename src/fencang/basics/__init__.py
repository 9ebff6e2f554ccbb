"""Values every other package speaks in: prices, money, lots, time, identifiers, rounding, hashing.

Knows no account, no order and no venue. Everything is an exact integer over a named scale; the
only place where text becomes a number is the ``parse_…`` function of that number.
"""
