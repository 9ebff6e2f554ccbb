"""The margin pool: what nets with what, what the broker asks besides, what stands against it.

Positions net only within one legal person and one carrying account at one clearing house; excess
and calls are stated per carrying account and currency.  The package knows no orders and no clock.
"""
