"""Limits beside the tree and on groups for the firm of the scenarios."""

from fencang.refdata.limit_group import LimitGroup, LimitGroupMember
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.override import ControlOverride, OverrideValue
from tests.engine.desk import START_NS
from tests.engine.firm import SECOND

HOUR = 3_600 * SECOND


def group(group_id="FUEL", **ratios_ppm):
    """Return a group: ``group(CL=1_000_000, ES=100_000)``."""
    members = tuple(
        LimitGroupMember(scope_id=scope, ratio_ppm=ratio) for scope, ratio in ratios_ppm.items()
    )
    return LimitGroup(group_id=group_id, members=members)


def warning(node="MASTER", **fields):
    return LimitWarning(node_id=node, **fields)


def override(name="O-1", kind="PositionLimit", node="ALPHA", scope="CL", hours=(1, 2), **more):
    """Return an override, hours counted from the desk's beginning; other words are its values.

    ``order`` names the order that it is for: ``("ALPHA", "o1")``.
    """
    reason, order = more.pop("reason", "a roll"), more.pop("order", ("", ""))
    first, last = hours
    return ControlOverride(
        override_id=name,
        row_kind=kind,
        node_id=node,
        scope_id=scope,
        values=tuple(OverrideValue(field=field, value=value) for field, value in more.items()),
        from_ns=START_NS + first * HOUR,
        until_ns=START_NS + last * HOUR,
        reason=reason,
        sub_account_id=order[0],
        client_order_id=order[1],
    )


def wide(lots=200):
    """Return the values of an override that lets more be held on both sides."""
    return {"long_lots_max": lots, "short_lots_max": lots}
