"""What positions and working orders ask of the money behind them.

Rate-based margin of the foundation: a share of the absolute value, at least a floor, on the worst
case of position and working orders.  SPAN joins beside it.  Knows no accounts and no orders.
"""
