"""Reports: what a person outside reads, or sent us, as values and files.

Folded from projections and files; engine and journal are never asked.
"""
