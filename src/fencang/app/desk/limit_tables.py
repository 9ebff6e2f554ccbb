"""The tables of a desk file about limits beside ``[[limit]]``: groups, warnings, overrides."""

import msgspec

from fencang.app.desk.fields import Fields
from fencang.app.desk.sections import finished
from fencang.basics.time import parse_time
from fencang.refdata.definition import Definition
from fencang.refdata.limit_group import LimitGroup, LimitGroupMember
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.override import PLACE_FIELDS, ControlOverride, OverrideValue

__all__ = [
    "read_limit_group",
    "read_limit_warning",
    "read_moment",
    "read_override",
    "read_values",
]

RATIO_PPM_MAX = 10**9
LEVEL_PPM_MAX = 10**6


def read_limit_group(fields: Fields) -> LimitGroup:
    """Read one ``[[limit_group]]``: ``members = { ES = 1, MES = "0.1" }``."""
    inner = fields.inner("members")
    members = tuple(
        LimitGroupMember(
            scope_id=scope_id,
            ratio_ppm=inner.decimal(scope_id, 6, None, low=1, high=RATIO_PPM_MAX) or 1,
        )
        for scope_id in inner.table
    )
    if not members:
        fields.fault("members", 'is empty; write members = { ES = 1, MES = "0.1" }')
    group = LimitGroup(
        group_id=fields.identifier("id"), name=fields.text("name", ""), members=members
    )
    finished(fields, group)
    return group


def read_limit_warning(fields: Fields) -> LimitWarning:
    """Read one ``[[warning]]``: ``levels = ["50 %", "80 %", "100 %"]``, ``margin``."""
    row = LimitWarning(node_id=fields.identifier("node"))
    if fields.has("levels"):
        row = msgspec.structs.replace(row, levels_ppm=_levels(fields))
    margin_ppm = fields.percent("margin", row.margin_ppm, high=LEVEL_PPM_MAX)
    row = msgspec.structs.replace(row, margin_ppm=margin_ppm)
    finished(fields, row)
    return row


def _levels(fields: Fields) -> tuple[int, ...]:
    stated = fields.table["levels"]
    if not isinstance(stated, list):
        fields.fault("levels", f'{stated!r} is not a list such as ["50 %", "80 %", "100 %"]')
        return ()
    return tuple(
        fields.over({"levels": each}).percent("levels", high=LEVEL_PPM_MAX) or 1 for each in stated
    )


def read_override(fields: Fields, row: Definition | None, values: Fields) -> ControlOverride:
    """Read one ``[[override]]``, whose ``values`` were read as the ``row`` of its table."""
    override = ControlOverride(
        override_id=fields.identifier("id"),
        row_kind="unknown" if row is None else type(row).__name__,
        node_id=fields.identifier("node"),
        scope_id=fields.text("scope", "*"),
        values=_values(row, values) or (OverrideValue(field="none", value=0),),
        from_ns=read_moment(fields, "from"),
        until_ns=read_moment(fields, "until"),
        reason=fields.text("reason"),
        sub_account_id=fields.text("sub_account", ""),
        client_order_id=fields.text("client_order", ""),
    )
    finished(fields, override)
    return override


def read_values(fields: Fields) -> Fields:
    """Return the reader of an override's ``values``, at the place of its row."""
    inner = fields.inner("values")
    place = {"node": fields.identifier("node")}
    if fields.has("scope"):
        place["scope"] = fields.text("scope")
    if not inner.table:
        fields.fault("values", "is empty; state what holds instead, in the keys of the row's table")
    return inner.over({**place, **inner.table})


def _values(row: Definition | None, stated: Fields) -> tuple[OverrideValue, ...]:
    """Return what the row states apart from its place, as numbers."""
    if row is None:
        return ()
    found = {}
    for field in msgspec.structs.fields(row):
        name, value = field.name, getattr(row, field.name)
        if name in PLACE_FIELDS or value == field.default:
            continue
        if isinstance(value, int):
            found[name] = value
        else:
            stated.fault("values", f"{name} is no number: an override changes limits alone")
    # What is stated at its default is stated all the same: a restriction may be lifted.
    for key, name in _WITH_DEFAULTS:
        if key in stated.table and hasattr(row, name):
            found[name] = getattr(row, name)
    return tuple(OverrideValue(field=name, value=int(value)) for name, value in found.items())


_WITH_DEFAULTS = (
    ("restricted", "is_restricted"),
    ("per", "messages_ns"),
    ("free_messages", "free_messages"),
    ("share_from", "share_from_micros"),
    ("volume_age", "volume_age_ns_max"),
    ("unknown_passes", "passes_unknown"),
    ("cooling_off", "cooling_off_ns"),
)
"""Key of a row's table → a field that is not stored where it has its default."""


def read_moment(fields: Fields, key: str) -> int:
    """Return RFC 3339 time (``"2027-01-01T00:00:00Z"``) in nanoseconds."""
    text = fields.text(key)
    try:
        return max(0, parse_time(text))
    except ValueError as fault:
        if text:
            fields.fault(key, str(fault))
        return 0
