"""Gateways as processes of their own: commands, questions and durable records over a Unix socket.

The desk's process decides and commits; a gateway's process parses, checks and encodes.  Between
them stands one socket with frames of msgpack behind their length, bounded on both sides.
"""
