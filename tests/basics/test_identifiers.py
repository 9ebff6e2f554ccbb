"""Order identifiers are functions of the sequence; a ClOrdID names one order and one only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.identifiers import (
    IDENTIFIER_LENGTH_MAX,
    ORDERS_PER_COMMAND_MAX,
    client_order_text,
    order_id_of,
    parse_client_order_text,
)

SEQUENCES = st.integers(0, 1 << 62)
INDEXES = st.integers(0, ORDERS_PER_COMMAND_MAX - 1)


def test_the_same_place_in_the_journal_names_the_same_order():
    assert order_id_of(7, 0) == 700_000
    assert order_id_of(7, 3) == 700_003
    assert client_order_text(700_003) == "F7.3"
    assert parse_client_order_text("F7.3") == 700_003


@given(SEQUENCES, INDEXES)
def test_a_client_order_text_leads_back_to_its_order(sequence, index):
    order_id = order_id_of(sequence, index)
    text = client_order_text(order_id)
    assert parse_client_order_text(text) == order_id
    assert len(text) <= IDENTIFIER_LENGTH_MAX


@given(SEQUENCES, INDEXES, SEQUENCES, INDEXES)
def test_two_places_never_share_an_order(sequence, index, other_sequence, other_index):
    same = (sequence, index) == (other_sequence, other_index)
    assert (order_id_of(sequence, index) == order_id_of(other_sequence, other_index)) is same


@pytest.mark.parametrize("index", [-1, ORDERS_PER_COMMAND_MAX])
def test_an_index_that_would_reach_into_the_next_command_stops_the_process(index):
    with pytest.raises(AssertionError):
        order_id_of(1, index)


@pytest.mark.parametrize(
    "text",
    [
        *"F f1.1 F1 F.1 F1. .1 1.1 F-1.1 F1.-1 F1.1.1 F1.100000 F1.² F1.x Fx.1 FF1.1 X1.1".split(),
        *("", " F1.1", "F1.1 ", "F1 .1"),
    ],
)
def test_a_strangers_client_order_text_is_nobodys(text):
    assert parse_client_order_text(text) is None


@pytest.mark.parametrize("text", ["F01.5", "F1.05", "F١.5", "F1.٥"])
def test_only_the_spelling_we_send_is_ours(text):
    """Law: one order, one ClOrdID; a stranger's lookalike must not claim our order's fills."""
    assert parse_client_order_text(text) is None


@pytest.mark.parametrize("text", ["F" + "9" * 5_000 + ".1", "F1." + "0" * 5_000 + "1"])
def test_a_very_long_client_order_text_is_nobodys(text):
    """Law: text of strangers is refused, it never stops the process."""
    assert parse_client_order_text(text) is None


@given(st.text(max_size=80))
def test_any_text_is_ours_or_nobodys(text):
    order_id = parse_client_order_text(text)
    assert order_id is None or client_order_text(order_id) == text
