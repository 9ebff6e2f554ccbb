"""Desk files: ``desk.toml`` in human units becomes one ``DefineDesk`` command and a replay.

Every fault is found at once, with its key, its line and what was probably meant.
"""
