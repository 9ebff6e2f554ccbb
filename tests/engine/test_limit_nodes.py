"""The loop over limit nodes that every order takes says what each node would say by itself."""

from hypothesis import given
from hypothesis import strategies as st

from fencang.engine.limit_nodes import LimitNode, outside_bounds
from fencang.engine.state import DeskState
from fencang.limits.limit_warnings import level_kept, level_reached
from fencang.messages.reasons import Reason
from fencang.refdata.limit import PositionLimit
from fencang.refdata.limit_warning import LimitWarning

PATH = ("BOOK", "DESK", "MASTER")
LOTS = st.integers(0, 9)
ROW = LimitWarning(node_id="MASTER", margin_ppm=100_000)


@st.composite
def nodes(draw, *, warned):
    state, found = DeskState(), []
    if warned:
        state.risk.warnings.table.rows["MASTER"] = ROW
    for depth, name in enumerate(PATH):
        long_max, short_max = draw(st.tuples(LOTS, LOTS))
        state.limits.set(PositionLimit(name, "*", long_lots_max=long_max, short_lots_max=short_max))
        node = LimitNode(PATH[depth:], ("CLM0", "CL"))
        node.net.change(*draw(st.tuples(*(LOTS,) * 4)))
        if draw(st.booleans()):
            node.exposure(is_gross=True).change(*draw(st.tuples(*(LOTS,) * 4)))
        for side in ("long", "short") if warned else ():
            told = draw(st.sampled_from((0, *ROW.levels_ppm)))
            key = int(Reason.POSITION_LIMIT), name, "CLM0", side
            state.risk.warnings.remember(key, told)
        found.append(node)
    return state, found


@given(nodes(warned=False), st.integers(1, 9), st.booleans(), st.booleans())
def test_without_warnings_the_nodes_beyond_their_limits_are_found(made, lots, is_buy, is_gross):
    state, found = made
    wanted = []
    for node in found:
        node.refresh(state)
        worst = node.worst_lots(lots, is_buy=is_buy, is_gross=is_gross)
        if worst > node.lots_max(is_buy=is_buy):
            wanted.append((node, worst))
    assert outside_bounds(found, state, lots, is_buy=is_buy, is_gross=is_gross) == wanted


@given(nodes(warned=True), st.integers(1, 9), st.booleans(), st.booleans())
def test_with_warnings_no_node_that_has_news_is_passed_over(made, lots, is_buy, is_gross):
    state, found = made
    loud = [
        node for node, _ in outside_bounds(found, state, lots, is_buy=is_buy, is_gross=is_gross)
    ]
    for node in found:
        worst, limit = (
            node.worst_lots(lots, is_buy=is_buy, is_gross=is_gross),
            node.lots_max(is_buy=is_buy),
        )
        key = int(Reason.POSITION_LIMIT), node.path[0], "CLM0", "long" if is_buy else "short"
        told = state.risk.warnings.told.get(key, 0)
        kept = level_kept(ROW, limit, worst - lots, told)
        has_news = limit > 0 and (level_reached(ROW.levels_ppm, limit, worst) > kept or kept < told)
        if has_news or worst > limit:
            assert node in loud
