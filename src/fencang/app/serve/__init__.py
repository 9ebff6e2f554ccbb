"""The server: its settings and its composition."""
