"""Capital plans decided outside the engine: each enters as a ``ProposePlan`` of integers.

Here floats are allowed, because nothing in here decides: the engine checks sums, bounds and age of
what is proposed, and a second person approves it.  Knows no read model by name; what it needs to
see is the protocol ``CapitalView`` in ``plan.py``.
"""
