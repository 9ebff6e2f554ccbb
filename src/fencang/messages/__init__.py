"""Everything that is said: commands, events, numbered reasons, the stored record and its codec.

Commands are imperative, events past tense.  Every tag ends in its version.  A released type is
never edited: a change is a new version beside it, and a golden file per version is read in tests.
"""
