"""Reports: what a desk gives away on paper and as files, folded from its durable records.

Reads projections and records, never the engine or the journal.
"""
