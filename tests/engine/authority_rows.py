"""One scenario for every reason of authority and drafts; ``reason_rows`` takes them in."""

from typing import NamedTuple

from msgspec.structs import replace

from fencang.messages import commands as cmd
from fencang.messages.draft_body import encode_body
from fencang.messages.draft_commands import RejectDraft, WithdrawDraft
from fencang.messages.reasons import Reason
from fencang.refdata.authority import Authority
from tests.engine.acts import line, proposed
from tests.engine.authority_firm import (
    ALLOCATOR,
    ANN,
    MANAGER,
    NAMES,
    OLGA,
    OPS,
    PEOPLE,
    RISK,
    alone,
    approval,
    approve,
    delegation,
    found,
    founded_desk,
    proposal,
    propose,
    user,
)
from tests.engine.desk import deposit, transfer, withdraw
from tests.engine.firm import DAY, define, limit

LIMIT = limit("ALPHA", "*", 5)
MOVE = line("ALPHA", "1000000", "2000000")
PAYOUT = replace(withdraw("1"), entered_by="olga", approved_by="")


def asked(item=LIMIT, by="olga"):
    """Return a definition that needs a second person, as one person asks for it."""
    return define(item, by=by, approved_by="")


class Row(NamedTuple):
    """One way to be refused; the setup returns the command."""

    name: str
    setup: object
    reason: Reason

    def command(self, made):
        return made


def on(make, *people, authority=None):
    """Return a setup: a desk that asks for signatures, and the command to put to it."""

    def setup(desk):
        given = () if authority is None else (authority,)
        return make(found(desk, *given, people=(*PEOPLE, *NAMES, *people)))

    return setup


def drafted(make, *people, authority=None):
    """Return a setup with one open draft of a limit by olga; ``make(desk, draft_id)``."""
    return on(lambda desk: make(desk, propose(desk, asked())), *people, authority=authority)


def _many(desk):
    for _ in range(50):
        propose(desk, asked())
    return proposal(desk, asked())


def _closed(desk, number):
    late = approval(desk, number)
    approve(desk, number)
    return late


def _left(desk, number):
    desk.done(define(replace(OLGA, is_active=False), by="ann", approved_by=""))
    return approval(desk, number)


def _keyless(desk):
    late = proposal(desk, asked())
    desk.done(define(replace(OLGA, public_keys=()), by="ann", approved_by=""))
    return late


def _big_plan(desk):
    plan_id = proposed(MOVE)(desk)
    found(desk)
    return cmd.ApprovePlan(plan_id=plan_id, approved_by="alan")


def _unapproving(desk):
    plan_id = proposed(MOVE)(desk)
    found(desk, Authority(plan_micros_max=10**15))
    return cmd.ApprovePlan(plan_id=plan_id, approved_by="olga")


MOVED = replace(transfer(None, "ALPHA", "1"), entered_by="max")
STRANGER = replace(deposit("1"), entered_by="nobody")
LOOKER = replace(deposit("1"), entered_by="vic")
AUTHORITY_ROWS = (
    Row("a stranger enters", on(lambda _desk: STRANGER), Reason.ACTOR_UNKNOWN),
    Row(
        "who has left enters",
        on(lambda _desk: replace(STRANGER, entered_by="gone"), user("gone", OPS, is_active=False)),
        Reason.ACTOR_UNKNOWN,
    ),
    Row(
        "whose time is over enters",
        on(lambda _desk: replace(STRANGER, entered_by="past"), user("past", OPS, until_ns=1)),
        Reason.ACTOR_UNKNOWN,
    ),
    Row(
        "a stranger proposes",
        on(lambda desk: proposal(desk, asked(by="mallory"), "mallory")),
        Reason.ACTOR_UNKNOWN,
    ),
    Row(
        "a program stands in as second person of one operator",
        on(lambda _desk: replace(PAYOUT, approved_by="feed"), authority=alone()),
        Reason.ACTOR_UNKNOWN,
    ),
    Row(
        "a program rejects a draft",
        drafted(lambda _desk, number: RejectDraft(draft_id=number, rejected_by="feed")),
        Reason.ACTOR_UNKNOWN,
    ),
    Row("a viewer enters", on(lambda _desk: LOOKER), Reason.ACTOR_VIEWS_ONLY),
    Row(
        "a service proposes",
        on(lambda desk: proposal(desk, asked(by="bot"), "bot")),
        Reason.ACTOR_VIEWS_ONLY,
    ),
    Row(
        "two names instead of signatures",
        on(lambda _desk: replace(asked(), approved_by="carl")),
        Reason.SIGNATURES_REQUIRED,
    ),
    Row("a plan approved by name", _big_plan, Reason.SIGNATURES_REQUIRED),
    Row(
        "a large transfer by one",
        on(lambda _desk: transfer(None, "ALPHA", "1")),
        Reason.SIGNATURES_REQUIRED,
    ),
    Row(
        "a draft for one operator",
        on(lambda desk: proposal(desk, asked()), authority=alone()),
        Reason.SIGNATURES_NOT_ASKED,
    ),
    Row(
        "a draft without an authority",
        lambda _desk: proposal(founded_desk(), asked()),
        Reason.SIGNATURES_NOT_ASKED,
    ),
    Row(
        "no command in a draft",
        on(lambda desk: proposal(desk, asked(), body=b"\x01")),
        Reason.DRAFT_BODY_FAULTY,
    ),
    Row(
        "a command in another form",
        on(lambda desk: proposal(desk, asked(), body=_uncanonical())),
        Reason.DRAFT_BODY_FAULTY,
    ),
    Row(
        "a command that needs one person",
        on(lambda desk: proposal(desk, replace(deposit("1"), entered_by="olga"))),
        Reason.DRAFT_BODY_FAULTY,
    ),
    Row(
        "entered by another than the maker",
        on(lambda desk: proposal(desk, asked(by="rob"))),
        Reason.DRAFT_BODY_FAULTY,
    ),
    Row(
        "approved by name inside",
        on(lambda desk: proposal(desk, replace(asked(), approved_by="carl"))),
        Reason.DRAFT_BODY_FAULTY,
    ),
    Row(
        "a proposal a second time",
        on(lambda desk: (propose(desk, asked()), proposal(desk, asked(), nonce=1))[1]),
        Reason.DRAFT_NONCE,
    ),
    Row(
        "a role not held",
        on(lambda desk: proposal(desk, asked(), role=RISK)),
        Reason.DRAFT_ROLE,
    ),
    Row(
        "a role that does not propose this",
        on(lambda desk: proposal(desk, asked(ANN, by="olga"))),
        Reason.DRAFT_ROLE,
    ),
    Row("a plan approved by who approves none", _unapproving, Reason.DRAFT_ROLE),
    Row(
        "a role that does not approve this",
        drafted(lambda desk, number: approval(desk, number, "ann", ANN.roles[0])),
        Reason.DRAFT_ROLE,
    ),
    Row(
        "somebody else's key",
        on(lambda desk: proposal(desk, asked(), key="mallory")),
        Reason.DRAFT_KEY,
    ),
    Row("a key taken away", on(_keyless), Reason.DRAFT_KEY),
    Row(
        "an approval signed in another's name",
        drafted(lambda desk, number: replace(approval(desk, number, "ruth", RISK), checker="rob")),
        Reason.DRAFT_KEY,
    ),
    Row(
        "a body swapped after it was signed",
        on(lambda desk: proposal(desk, asked(), body=encode_body(asked(limit("BETA", "*", 9))))),
        Reason.DRAFT_SIGNATURE,
    ),
    Row(
        "an approval of another draft",
        drafted(
            lambda desk, number: replace(approval(desk, number), draft_id=propose(desk, asked()))
        ),
        Reason.DRAFT_SIGNATURE,
    ),
    Row("fifty drafts open", on(_many), Reason.DRAFTS_TOO_MANY),
    Row(
        "no such draft",
        drafted(lambda desk, number: replace(approval(desk, number), draft_id=9)),
        Reason.DRAFT_UNKNOWN,
    ),
    Row("a draft applied twice", drafted(_closed), Reason.DRAFT_UNKNOWN),
    Row(
        "a draft rejected that is none",
        on(lambda _desk: RejectDraft(draft_id=1, rejected_by="rob")),
        Reason.DRAFT_UNKNOWN,
    ),
    Row(
        "a draft that cools off",
        drafted(approval, authority=Authority(cooling_off_ns=DAY)),
        Reason.DRAFT_COOLING_OFF,
    ),
    Row(
        "the maker approves",
        drafted(lambda desk, number: approval(desk, number, "olga", OPS)),
        Reason.DRAFT_SAME_PERSON,
    ),
    Row(
        "whose role the maker acts in approves",
        on(
            lambda desk: approval(desk, propose(desk, asked(by="ann"), "ann", OPS), "olga", RISK),
            delegation("d", "olga", "ann", OPS),
        ),
        Reason.DRAFT_SAME_PERSON,
    ),
    Row(
        "who acts for the maker approves",
        on(
            lambda desk: approval(desk, propose(desk, MOVED, "max", MANAGER), "olga", ALLOCATOR),
            user("max", MANAGER, ALLOCATOR),
            delegation("d", "max", "olga", ALLOCATOR),
        ),
        Reason.DRAFT_SAME_PERSON,
    ),
    Row(
        "both in one role",
        on(lambda desk: approval(desk, propose(desk, asked(by="rob"), "rob", RISK), "ruth", RISK)),
        Reason.DRAFT_SAME_ROLE,
    ),
    Row("a maker who has left", drafted(_left), Reason.DRAFT_MAKER_LAPSED),
    Row(
        "another's draft withdrawn",
        drafted(lambda _desk, number: WithdrawDraft(draft_id=number, withdrawn_by="rob")),
        Reason.DRAFT_NOT_OWN,
    ),
)


def _uncanonical():
    """Return an encoding of a command that is not its only one: a number written too long."""
    body = encode_body(asked())
    at = body.index(b"long_lots_max") + len(b"long_lots_max")
    assert body[at] == 5
    return body[:at] + b"\xcd\x00\x05" + body[at + 1 :]
