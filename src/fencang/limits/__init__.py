"""Pre-trade controls and the limit tree: small pure functions over values.

The engine asks in the fixed order of the pre-trade checks and turns answers into refusals.
"""
