"""Replays of real years: a deterministic outside world around a desk.

Strategies, venue, feed and planner are a function of the desk file, the price files and the durable
records; hence the same files give the same state hash on every machine and after every crash.
"""
