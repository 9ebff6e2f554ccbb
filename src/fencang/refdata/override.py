"""Overrides of controls: other values for a row, entered by two persons, that expire by themselves.

An override never touches what the law states, nor trading states: only numbers of the firm's own
limits, not what they count nor what is done when one is passed.

Source: Delegated Regulation (EU) 2017/584 (RTS 7), Article 20: limits may be overridden in single
cases, for a stated time.
"""

from typing import Annotated, TypeVar

import msgspec
from msgspec import inspect
from msgspec.structs import replace

from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.time import DAY_NS
from fencang.refdata.definition import Definition, Identifier, Text, TimeNs

__all__ = [
    "FIXED_FIELDS",
    "OVERRIDE_NS_MAX",
    "PLACE_FIELDS",
    "ControlOverride",
    "OverrideValue",
    "overridable_fields",
    "overridden",
    "override_faults",
    "row_faults",
]

OVERRIDE_NS_MAX = 30 * DAY_NS
ScopeId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Value = Annotated[int, msgspec.Meta(ge=-MONEY_MICROS_MAX, le=MONEY_MICROS_MAX)]
PLACE_FIELDS = ("node_id", "scope_id")
FIXED_FIELDS: dict[str, frozenset[str]] = {
    "TradeFlowControl": frozenset({"repeated_ns", "of_each_contract"}),
    "ImpactLimit": frozenset({"window_ns"}),
    "ExposureLimit": frozenset({"beta_unknown_ppm", "floor_ticks"}),
    "LossLimit": frozenset(
        {
            "velocity_ns",
            "stop_ppm",
            "cancel_ppm",
            "liquidate_ppm",
            "cured_ppm",
            "keep_ppm",
            "resumes_next_day",
        }
    ),
}
"""Kind of row → numbers that say what is counted, or what is done: no limits, not overridden."""

Row = TypeVar("Row", bound=Definition)


class OverrideValue(Definition):
    """The value that a field has while the override is in force; 1 and 0 for yes and no."""

    field: Identifier
    value: Value


class ControlOverride(Definition, tag="ControlOverride.1", kw_only=True):
    """Other values for the row of ``row_kind`` (``PositionLimit``) at a node and scope.

    They hold from ``from_ns`` on and no longer at ``until_ns``: the time of a command decides.
    With a sub-account and its client order identifier they hold for that order alone.
    """

    override_id: Identifier
    row_kind: Identifier
    node_id: Identifier
    scope_id: ScopeId = "*"
    values: Annotated[tuple[OverrideValue, ...], msgspec.Meta(min_length=1, max_length=20)]
    from_ns: TimeNs
    until_ns: TimeNs
    reason: Text
    sub_account_id: str = ""
    client_order_id: str = ""

    @property
    def key(self) -> tuple[str]:
        """Return what identifies an override."""
        return (self.override_id,)

    @property
    def place(self) -> tuple[str, str, str]:
        """Return the row that it overrides: kind, node, scope."""
        return self.row_kind, self.node_id, self.scope_id

    @property
    def order(self) -> tuple[str, str]:
        """Return the order that it is for, by sub-account and client order identifier, or empty."""
        return self.sub_account_id, self.client_order_id


def override_faults(override: ControlOverride) -> list[str]:
    """Return what is wrong with an override on its own."""
    faults = []
    lasts = override.until_ns - override.from_ns
    if lasts <= 0:
        faults.append("until_ns must lie after from_ns")
    elif lasts > OVERRIDE_NS_MAX:
        faults.append("lasts more than 30 days: what holds longer is a limit of its own")
    names = [each.field for each in override.values]
    faults += [f"values names {name} twice" for name in sorted({*names}) if names.count(name) > 1]
    if not override.reason.strip():
        faults.append("reason is empty: an override says why")
    if bool(override.sub_account_id) != bool(override.client_order_id):
        faults.append("an order is named by sub_account_id and client_order_id, both or neither")
    return faults


def overridable_fields(kind: type[Definition]) -> dict[str, bool]:
    """Return the fields that may be overridden: a number or a yes, and whether it is a yes."""
    found = {}
    for field in inspect.type_info(kind).fields:  # type: ignore[attr-defined]
        info = field.type
        parts = info.types if isinstance(info, inspect.UnionType) else (info,)
        if field.name in (*PLACE_FIELDS, *FIXED_FIELDS.get(kind.__name__, ())):
            continue
        if any(isinstance(part, inspect.IntType) for part in parts):
            found[field.name] = False
        elif any(isinstance(part, inspect.BoolType) for part in parts):
            found[field.name] = True
    return found


def overridden(row: Row, override: ControlOverride) -> Row:
    """Return the row with the values of the override."""
    flags = overridable_fields(type(row))
    changes = {
        each.field: bool(each.value) if flags[each.field] else each.value
        for each in override.values
    }
    return replace(row, **changes)


def row_faults(row: Definition, override: ControlOverride) -> list[str]:
    """Return why the override does not fit the row that it is for."""
    known = overridable_fields(type(row))
    wrong = [each.field for each in override.values if each.field not in known]
    if wrong:
        allowed = ", ".join(sorted(known)) or "nothing"
        fixed = FIXED_FIELDS.get(override.row_kind, frozenset())
        return [
            f"{name} says what {override.row_kind} counts or does, which is not overridden; "
            f"there are {allowed}"
            if name in fixed
            else f"{override.row_kind} has no number {name}; there are {allowed}"
            for name in wrong
        ]
    faults = [
        f"{each.field} is 1 or 0, not {each.value}"
        for each in override.values
        if known[each.field] and each.value not in (0, 1)
    ]
    try:
        msgspec.convert(msgspec.to_builtins(overridden(row, override)), type(row))
    except msgspec.ValidationError as fault:
        faults.append(str(fault))
    return faults
