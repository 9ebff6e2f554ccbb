"""Canonical hashes: equal values, equal bytes, whatever order maps were built in."""

import hashlib
import os
import random
import subprocess
import sys
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.hashing import ZERO_HASH, canonical, chain, sha256_canonical

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.text())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=20,
)


def shuffled(value, chance):
    """Return an equal value whose maps were built in another order, lists being tuples."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    if isinstance(value, list):
        return tuple(shuffled(item, chance) for item in value)
    return value


@given(VALUES, st.integers())
def test_the_order_in_which_maps_were_built_never_shows(value, seed):
    assert sha256_canonical(shuffled(value, random.Random(seed))) == sha256_canonical(value)


def test_maps_become_pairs_sorted_by_key_at_every_depth():
    value = {"b": 1, "a": {"d": (1, 2), "c": [{"z": 0, "y": None}]}}
    inner = [["c", [[["y", None], ["z", 0]]]], ["d", [1, 2]]]
    assert canonical(value) == [["a", inner], ["b", 1]]
    assert canonical(MappingProxyType({2: "b", 1: "a"})) == [[1, "a"], [2, "b"]]
    assert canonical({("B", "ESH8"): 2, ("A", "ESH8"): 1}) == [
        [["A", "ESH8"], 1],
        [["B", "ESH8"], 2],
    ]


def test_the_order_of_a_list_is_part_of_its_value():
    assert sha256_canonical([1, 2]) != sha256_canonical([2, 1])


def test_values_that_differ_have_other_hashes():
    values = [None, False, True, 0, 1, -1, "", "0", "1", [], [0], [[0]], ["0"], {"0": 1}, b"0"]
    assert len({sha256_canonical(value) for value in values}) == len(values)


def test_a_hash_is_sha_256_of_msgpack():
    """The state hash is compared between machines and versions: this one is fixed for ever."""
    assert (
        sha256_canonical({"b": 2, "a": 1})
        == hashlib.sha256(bytes.fromhex("9292a1610192a16202")).hexdigest()
    )


@pytest.mark.parametrize("value", [{1: "a", "b": 2}, {None: 1, "a": 2}])
def test_keys_of_two_kinds_have_no_order_and_stop_the_process(value):
    with pytest.raises(TypeError):
        sha256_canonical(value)


@pytest.mark.parametrize("value", [{1, 2}, frozenset(), {"a": [{"b": {"x"}}]}])
def test_a_set_has_no_order_to_hash_and_stops_the_process(value):
    with pytest.raises(AssertionError):
        sha256_canonical(value)


def test_the_hash_seed_of_the_process_never_shows():
    """Law: no iteration depends on PYTHONHASHSEED."""
    program = (
        "from fencang.basics.hashing import sha256_canonical as h;"
        "print(h({name: {name + 'x': 1, 'y': [name]} for name in set('bdacfeg')}))"
    )
    path = os.pathsep.join(filter(None, sys.path))
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(hashes) == 1


def test_a_chain_links_what_came_before():
    first, second = b"first batch", b"second batch"
    link = chain(ZERO_HASH, first)
    assert link == hashlib.sha256(bytes(32) + first).digest()
    assert chain(link, second) != chain(ZERO_HASH, second)
    assert chain(chain(ZERO_HASH, second), first) != chain(link, second)
    assert len(ZERO_HASH) == len(link) == 32
