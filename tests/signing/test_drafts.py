"""The text under a draft: readable, one for each draft, never that of anything else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from fencang.signing.drafts import DraftText, Purpose, body_hash, draft_bytes, draft_words
from fencang.signing.faults import DraftFault
from tests.signing.order_request import KEY

BODY = b"\x82\xa4type\xaaDefineDesk"
APPROVAL = DraftText(
    desk_id="ACME",
    purpose=Purpose.APPROVE,
    draft_id=17,
    command="DefineDesk",
    body_sha256=body_hash(BODY),
    user_id="ann",
    role="risk_officer",
)
PROPOSAL = replace(APPROVAL, purpose=Purpose.PROPOSE, draft_id=0, nonce="a1b2")

WORDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,20}", fullmatch=True)


@st.composite
def drafts(draw):
    purpose = draw(st.sampled_from(Purpose))
    is_proposal = purpose is Purpose.PROPOSE
    return DraftText(
        desk_id=draw(WORDS),
        purpose=purpose,
        draft_id=0 if is_proposal else draw(st.integers(1, 2**63 - 1)),
        nonce=draw(WORDS) if is_proposal else "",
        command=draw(WORDS),
        body_sha256=body_hash(draw(st.binary(max_size=3))),
        user_id=draw(WORDS),
        role=draw(WORDS),
    )


def test_the_text_is_this_one_for_ever():
    """Golden: signatures are kept, so these bytes never change under version 1."""
    digest = "19ed96a7e2ebc0a9d52ed30a45ff9cf8fe1ccf1a1ca7e4efbbd7b11c1b7b4a4f"
    assert draft_bytes(replace(APPROVAL, body_sha256=digest)).decode() == (
        "fencang draft 1\n"
        "desk: ACME\n"
        "purpose: approve\n"
        "draft: 17\n"
        "nonce: -\n"
        "command: DefineDesk\n"
        f"body-sha256: {digest}\n"
        "user: ann\n"
        "role: risk_officer\n"
    )
    assert b"purpose: propose\ndraft: -\nnonce: a1b2\n" in draft_bytes(PROPOSAL)


@given(drafts())
def test_the_facts_can_be_read_back_from_the_text(draft):
    """Law: two drafts never have one text."""
    lines = draft_bytes(draft).decode().splitlines()
    facts = [re.fullmatch(r"[a-z0-9-]+: (\S+)", line)[1] for line in lines[1:]]
    said = [str(value or "-") for value in asdict(draft).values()]
    assert facts == said


@given(drafts(), drafts())
def test_what_is_signed_for_one_draft_is_not_signed_for_another(one, other):
    signature = KEY.sign(draft_bytes(one))
    assert KEY.public_key.verify(signature, draft_bytes(other)) is (one == other)


def test_no_draft_text_is_a_signature_base():
    """Domain separation: a signature base begins with a quote, whatever it covers."""
    assert draft_bytes(APPROVAL).startswith(b"fencang draft 1\n")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"user_id": ""}, "user_id"),
        ({"user_id": "ann\nrole: administrator"}, "user_id"),
        ({"user_id": "ann\u202e"}, "user_id"),
        ({"role": "risk officer"}, "role"),
        ({"command": "x" * 129}, "command"),
        ({"desk_id": "-"}, "desk_id"),
        ({"desk_id": "Ａ"}, "desk_id"),
        ({"body_sha256": "AB" * 32}, "body_sha256"),
        ({"body_sha256": "ab"}, "body_sha256"),
        ({"draft_id": 0}, "draft_id"),
        ({"draft_id": -1}, "draft_id"),
        ({"draft_id": 2**63}, "draft_id"),
        ({"nonce": "x"}, "nonce"),
    ],
)
def test_words_that_could_say_two_things_are_refused(changes, word):
    with pytest.raises(DraftFault, match=word):
        draft_bytes(replace(APPROVAL, **changes))


@pytest.mark.parametrize("changes", [{"nonce": ""}, {"nonce": "a b"}, {"draft_id": 3}])
def test_a_proposal_has_a_nonce_and_no_number(changes):
    with pytest.raises(DraftFault, match=next(iter(changes))):
        draft_bytes(replace(PROPOSAL, **changes))


def test_all_faults_are_told_at_once():
    with pytest.raises(DraftFault, match=r"desk_id.*user_id.*body_sha256"):
        draft_bytes(replace(APPROVAL, desk_id="", user_id="", body_sha256=""))


def test_what_will_be_signed_is_said_in_a_sentence():
    assert draft_words(APPROVAL) == (
        "ann as risk_officer will approve draft 17 of DefineDesk at desk ACME "
        f"(SHA-256 of its body {APPROVAL.body_sha256})"
    )
    assert "propose a new draft of DefineDesk" in draft_words(PROPOSAL)
