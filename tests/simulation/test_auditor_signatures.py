"""The auditor finds every way in which something could be loosened without two signatures."""

import pytest
from msgspec.structs import replace

from fencang.engine.decide import drafts as deciding
from fencang.engine.decide import gate
from fencang.messages.draft_events import DraftApproved, DraftProposed
from fencang.messages.events import DeskDefined
from fencang.messages.record import Record
from fencang.simulation.auditor import Auditor
from fencang.simulation.random import Chance
from fencang.simulation.signatories import has_signatories
from fencang.simulation.watch import Broken
from fencang.simulation.world import World
from tests.engine.authority_firm import (
    COMPLIANCE,
    OLGA,
    OPS,
    RISK,
    approval,
    propose,
    signed_desk,
    user,
)
from tests.engine.desk import deposit
from tests.engine.firm import define, limit

SIGNED_SEEDS = (8, 18, 40, 52)
"""Seeds whose desks ask for signatures."""


def lived():
    """Return the records of a desk with one draft applied, and the place of its approval."""
    desk = signed_desk()
    draft_id = propose(desk, define(limit("ALPHA", "*", 5), by="olga", approved_by=""))
    desk.done(approval(desk, draft_id))
    return desk.records


def laws_of(records):
    auditor = Auditor()
    return [fault.law for record in records for fault in auditor.audit(record)]


def with_event(record, kind, **changes):
    events = tuple(replace(e, **changes) if isinstance(e, kind) else e for e in record.events)
    return Record(record.sequence, record.time_ns, 1, record.command, events)


def test_what_two_persons_signed_is_in_order():
    assert laws_of(lived()) == []


@pytest.mark.parametrize(
    ("changes", "law"),
    [
        ({"signature": bytes(64)}, "signature"),
        ({"checker": "rob", "role": RISK}, "signature"),
        ({"public_key": OLGA.public_keys[0]}, "signature"),
        ({"role": RISK}, "signature"),
        ({"checker": "olga", "role": OPS}, "second person"),
        ({"acts_for": "olga"}, "second person"),
        ({"draft_id": 9}, "draft"),
    ],
)
def test_a_false_approval_is_found(changes, law):
    *before, last = lived()
    assert law in laws_of([*before, with_event(last, DraftApproved, **changes)])


@pytest.mark.parametrize(
    ("changes", "law"),
    [
        ({"signature": bytes(64)}, "signature"),
        ({"maker": "rob"}, "signature"),
        ({"role": COMPLIANCE}, "signature"),
        ({"nonce": 2}, "draft"),
        ({"body": b"\x90"}, "draft"),
        ({"opens_ns": 1 << 62}, "draft"),
        ({"expires_ns": 1}, "draft"),
    ],
)
def test_a_false_proposal_is_found(changes, law):
    *before, proposed, last = lived()
    told = laws_of([*before, with_event(proposed, DraftProposed, **changes)])
    if law != "draft" or "nonce" in changes or "body" in changes:
        assert law in told
    else:
        both = [*before, with_event(proposed, DraftProposed, **changes), last]
        assert law in laws_of(both)


def test_a_draft_applied_twice_is_found():
    *before, last = lived()
    again = Record(last.sequence + 1, last.time_ns + 1, 1, last.command, last.events)
    assert "draft" in laws_of([*before, last, again])


@pytest.mark.parametrize(
    "item",
    [
        user("eve", OPS),
        replace(OLGA, roles=(OPS, RISK)),
        replace(OLGA, public_keys=("ab" * 32,)),
        limit("BETA", "*", 10**6),
    ],
)
def test_what_one_person_defined_alone_is_found(item):
    desk = signed_desk()
    command = define(item, by="olga", approved_by="")
    last = desk.records[-1]
    event = DeskDefined(items=command.items)
    forged = Record(last.sequence + 1, last.time_ns + 1, 1, command, (event,))
    assert "second person" in laws_of([*desk.records, forged])
    named = Record(
        last.sequence + 1, last.time_ns + 1, 1, replace(command, approved_by="rob"), (event,)
    )
    assert "signature" in laws_of([*desk.records, named])


def test_a_stranger_whose_command_was_taken_is_found():
    desk = signed_desk()
    desk.done(deposit("1"))
    *before, last = desk.records
    taken = Record(
        last.sequence, last.time_ns, 1, replace(last.command, entered_by="eve"), last.events
    )
    assert "actor" in laws_of([*before, taken])


# ------------------------------------------------------------------------ whole desks of a seed


def test_some_desks_sign_and_some_do_not():
    those = [has_signatories(Chance(seed).fork("signatures")) for seed in range(200)]
    assert 10 < sum(those) < 60
    assert all(those[seed] for seed in SIGNED_SEEDS)


def broken(monkeypatch):
    for seed in SIGNED_SEEDS:
        try:
            World(seed, is_thorough=False).run()
        except Broken as fault:
            return fault.fault.law
    return None


def test_a_desk_that_verifies_nothing_is_found_out(monkeypatch):
    monkeypatch.setattr(deciding, "verify", lambda *_: True)
    assert broken(monkeypatch) == "signature"


def test_a_desk_that_lets_the_maker_approve_is_found_out(monkeypatch):
    approve = deciding._approval

    def lets(state, command, draft, inner):
        found = approve(state, command, replace(draft, maker="nobody", role=OPS), inner)
        return "" if isinstance(found, str) or "could not propose" in found.detail else found

    monkeypatch.setattr(deciding, "_approval", lets)
    assert broken(monkeypatch) in {"second person", "signature"}


def test_a_desk_that_takes_names_for_signatures_is_found_out(monkeypatch):
    monkeypatch.setattr(gate, "_signatures_refusal", lambda *_, **__: None)
    assert broken(monkeypatch) == "signature"
