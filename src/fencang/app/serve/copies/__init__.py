"""Work beside the desk: processes that follow its journal and answer what would hold it up.

A copy starts when it is first asked, reads the journal and nothing else of the desk, works one
question at a time at low priority, and ends when nobody has asked for a while
([ADR 0021](../../../../../docs/adr/0021-plans-and-margin-are-worked-out-on-copies.md)).
"""
