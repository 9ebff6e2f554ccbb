"""The deterministic core: state, decide, evolve, flows, invariants, state hash.

A function of (state, command): no clock, chance, environment or input and output.  ``decide``
answers with events and changes nothing; ``evolve`` is the only writer of primary state; flows
decide the further steps of a command (a firing's cuts, a block's retries).
"""
