"""The loop over limit nodes that every order takes says what each node would say by itself."""

from hypothesis import given
from hypothesis import strategies as st

from fencang.engine.limit_nodes import LimitNode, first_exceeded
from fencang.limits.position_limits import LimitTable
from fencang.refdata.limit import PositionLimit

PATH = ("BOOK", "DESK", "MASTER")
LOTS = st.integers(0, 9)


@st.composite
def nodes(draw):
    limits, found = LimitTable(), []
    for depth, name in enumerate(PATH):
        long_max, short_max = draw(st.tuples(LOTS, LOTS))
        limits.set(PositionLimit(name, "*", long_lots_max=long_max, short_lots_max=short_max))
        node = LimitNode(PATH[depth:], ("CLM0", "CL"))
        node.net.change(*draw(st.tuples(*(LOTS,) * 4)))
        if draw(st.booleans()):
            node.exposure(is_gross=True).change(*draw(st.tuples(*(LOTS,) * 4)))
        found.append(node)
    return limits, found


@given(nodes(), st.integers(1, 9), st.booleans(), st.booleans())
def test_the_first_node_beyond_its_limit_is_found(made, lots, is_buy, is_gross):
    limits, found = made
    wanted = None
    for node in found:
        pair = node.limit(limits)
        largest = pair.long_lots_max if is_buy else pair.short_lots_max
        worst = node.worst_lots(lots, is_buy=is_buy, is_gross=is_gross)
        if worst > largest:
            wanted = (node, largest, pair.set_by, worst)
            break
    assert first_exceeded(found, limits, lots, is_buy=is_buy, is_gross=is_gross) == wanted
