"""Everything that is said: commands, events, numbered reasons, the stored record and its codec.

Commands are imperative, events past tense.  A released type is never edited: a change is a new
version with an upcaster in ``messages/upcasting.py``, and a golden file per version is read in
tests.
"""
