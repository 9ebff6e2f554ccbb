"""The journal: what was decided, durable before anyone hears of it, and everything grown from it.

A port with two storages (SQLite, memory), the sequencer in front of it, snapshots, recovery, the
follower and the verifier behind it.  Nothing here knows what a command means: the machine that
decides comes in as a Protocol.
"""
