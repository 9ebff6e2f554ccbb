"""Sentences of the firm's own limits: levels, groups, warnings, overrides."""

from pytest_bdd import step, then

from fencang.basics.money import parse_money
from fencang.basics.time import midnight_ns
from fencang.messages.commands import SubmitOrder
from fencang.messages.limit_events import (
    LimitWarned,
    LimitWarningEnded,
    OverrideBegun,
    OverrideEnded,
)
from fencang.refdata.limit_group import LimitGroup, LimitGroupMember
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.override import ControlOverride, OverrideValue
from tests.engine.firm import define, limit
from tests.scenarios.phrases import clock, lots, money, percent, phrase, plain, rows

MINUTE_NS = 60 * 10**9


@step(phrase("these position limits:"))
def position_limits(office, datatable):
    """Both sides may hold the same, or each its own."""
    found = rows(datatable, "node", "scope", optional=("lots", "long", "short"))
    both = (
        (lots(row["lots"]), None) if "lots" in row else (lots(row["long"]), lots(row["short"]))
        for row in found
    )
    made = (limit(row["node"], row["scope"], *most) for row, most in zip(found, both, strict=True))
    office.do(define(*made))


@step(phrase("these limit groups:"))
def limit_groups(office, datatable):
    members = {}
    for row in rows(datatable, "group", "scope", "a lot counts"):
        ratio = parse_money(plain(row["a lot counts"]))
        member = LimitGroupMember(scope_id=row["scope"], ratio_ppm=ratio)
        members.setdefault(row["group"], []).append(member)
    made = (LimitGroup(group_id=name, members=tuple(each)) for name, each in members.items())
    office.do(define(*made))


@step(phrase("warnings are told at these levels:"))
def warning_levels(office, datatable):
    for row in rows(datatable, "node", "levels", "again after a fall of"):
        levels = row["levels"].replace(" and ", ", ").split(", ")
        made = LimitWarning(
            node_id=row["node"],
            levels_ppm=tuple(percent(each) for each in levels),
            margin_ppm=percent(row["again after a fall of"]),
        )
        office.do(define(made))


def told_of_order(office):
    """Return the warnings that came with the last order; the venue's answer came after it."""
    found = []
    for record in reversed(office.desk.records):
        found += [
            each for each in record.events if isinstance(each, LimitWarned | LimitWarningEnded)
        ]
        if isinstance(record.command, SubmitOrder):
            break
    return found


@then(phrase("nothing is told of limits"))
def nothing_told(office):
    assert told_of_order(office) == []


@then(phrase("this is told of limits:"))
def told(office, datatable):
    columns = ("who", "scope", "side", "at", "limit", "in use")
    found = [
        (each.node_id, each.scope_id, each.side, each.level_ppm, each.limit, each.value)
        for each in told_of_order(office)
    ]
    readers = (str, str, str, percent, lots, lots)
    assert found == [
        tuple(read(row[name]) for name, read in zip(columns, readers, strict=True))
        for row in rows(datatable, *columns)
    ]


def told_last(office):
    """Return the warnings that came with the last thing done, before what the venue said of it."""
    found = []
    for record in reversed(office.desk.records):
        found = [
            *(each for each in record.events if isinstance(each, LimitWarned | LimitWarningEnded)),
            *found,
        ]
        if not type(record.command).__name__.startswith("Report"):
            break
    return found


@then(phrase("nobody is warned"))
def nobody_warned(office):
    assert told_last(office) == []


@then(phrase("these warnings in USD are told:"))
def warned(office, datatable):
    """A use that has fallen is written ``50 %, down to it``, below all levels ``0 %, …``."""
    columns = ("control", "level", "of", "side", "at", "limit", "in use")
    found = [
        (
            each.control,
            each.node_id,
            each.scope_id,
            each.side,
            (each.level_ppm, isinstance(each, LimitWarningEnded)),
            each.limit,
            each.value,
        )
        for each in told_last(office)
    ]
    readers = (str, str, str, str, _level, money, money)
    assert found == [
        tuple(read(row[name]) for name, read in zip(columns, readers, strict=True))
        for row in rows(datatable, *columns)
    ]


def _level(text):
    share, _, ended = text.partition(", ")
    return percent(share), ended == "down to it"


NUMBERS = {
    "gross exposure": ("ExposureLimit", "gross_micros_max", money),
    "net exposure": ("ExposureLimit", "net_micros_max", money),
    "daily loss": ("LossLimit", "daily_loss_micros", money),
    "liquidation": ("LossLimit", "liquidate_ppm", percent),
    "wash ticks": ("SelfMatch", "wash_price_ticks", lots),
}
"""What an override may be said to change → row, field, how it is read."""


@step(phrase("these overrides of other numbers on {of_day:Day}:"))
def other_overrides(office, of_day, datatable):
    made = []
    begins = midnight_ns(of_day)
    for row in rows(datatable, "name", "number", "node", "scope", "is", "from", "until", "why"):
        kind, field, read = NUMBERS[row["number"]]
        place = {} if row["scope"] == "*" else {"scope_id": row["scope"]}
        made.append(
            ControlOverride(
                override_id=row["name"],
                row_kind=kind,
                node_id=row["node"],
                **place,
                values=(OverrideValue(field=field, value=read(row["is"])),),
                from_ns=begins + clock(row["from"]) * MINUTE_NS,
                until_ns=begins + clock(row["until"]) * MINUTE_NS,
                reason=row["why"],
            )
        )
    office.do(define(*made))


def overrides_of(of_day, datatable):
    found = rows(datatable, "name", "node", "scope", "long", "short", "from", "until", "why")
    begins = midnight_ns(of_day)
    for row in found:
        yield ControlOverride(
            override_id=row["name"],
            row_kind="PositionLimit",
            node_id=row["node"],
            scope_id=row["scope"],
            values=(
                OverrideValue(field="long_lots_max", value=lots(row["long"])),
                OverrideValue(field="short_lots_max", value=lots(row["short"])),
            ),
            from_ns=begins + clock(row["from"]) * MINUTE_NS,
            until_ns=begins + clock(row["until"]) * MINUTE_NS,
            reason=row["why"],
        )


@step(phrase("these overrides on {of_day:Day}:"))
def overrides(office, of_day, datatable):
    office.do(define(*overrides_of(of_day, datatable)))


@step(phrase("{who:Name} alone enters these overrides on {of_day:Day}:"))
def overrides_of_one_person(office, who, of_day, datatable):
    office.do(define(*overrides_of(of_day, datatable), by=who, approved_by=""))


@then(phrase("override {name:Name} begins"))
def begins(office, name):
    assert office.only(OverrideBegun).override_id == name


@then(phrase("override {name:Name} ends"))
def ends(office, name):
    assert office.only(OverrideEnded).override_id == name
