"""The edges: what comes in becomes a command, what goes out is a durable effect.

Gateways parse, check bounds and speak the protocols of others.  They know messages and reference
data, never the engine or the journal: a gateway sees a record only after it is durable.
"""
