"""Double-entry books: lots, positions, cash, booking of trades, settlement and fees.

Pure bookkeeping over exact integers.  Knows products, but no orders, no limits and no margin.
"""
