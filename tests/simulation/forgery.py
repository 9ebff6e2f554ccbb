"""Honest records of a desk, told falsely: what the auditor says of them."""

from msgspec.structs import replace

from fencang.simulation.auditor.audit import Auditor


def laws_of(records):
    """Return the laws that records break."""
    auditor = Auditor()
    return {fault.law for record in records for fault in auditor.audit(record)}


def forged(records, kind, forge, place=0):
    """Return records whose event of a kind at a place is forged; None leaves the event out."""
    told, seen, done = [], 0, False
    for record in records:
        events = []
        for event in record.events:
            false = event
            if isinstance(event, kind):
                if seen == place:
                    false, done = forge(event), True
                seen += 1
            if false is not None:
                events.append(false)
        told.append(replace(record, events=tuple(events)))
    assert done, kind
    return told


def left_out(_event):
    return None


def asked_otherwise(records, kind, **fields):
    """Return records whose last command of a kind says something else."""
    places = [place for place, record in enumerate(records) if isinstance(record.command, kind)]
    told, last = [*records], places[-1]
    command = replace(records[last].command, **fields)
    told[last] = replace(records[last], command=command)
    return told
