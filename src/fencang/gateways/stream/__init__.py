"""Streams: tables followed live over WebSocket and server-sent events, and orders on the socket."""
