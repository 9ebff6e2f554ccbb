"""Positions (or orders) as a CSV file names them, brought to rows of parameter sets.

``contract,lots`` with signed lots, or ``contract,long,short`` where both sides stand apart; the
contract is its key (``CME/ES/FUT/202003``).  A first column ``sub_account`` says whose they are, so
that the requirement can be divided.  All or nothing: every faulty line is named.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fencang.app.exit_status import InputFault
from fencang.margin.span.keys import row_of
from fencang.margin.span.parameters import AccountType, SpanParameters
from fencang.margin.span.portfolio import Fallback, Lots, Portfolio
from fencang.refdata.definition import LOTS_MAX

__all__ = ["Holding", "of_first_set", "portfolios_of", "read_positions", "with_orders"]

OWNER = "sub_account"
COLUMNS = (
    ("contract", "lots"),
    ("contract", "long", "short"),
    (OWNER, "contract", "lots"),
    (OWNER, "contract", "long", "short"),
)
SUB_ACCOUNT_MAX = 64
FAULTS_MAX = 100
HINT = "name its file with --params, or margin it by --fallback USD=10000 a lot"


class Holding(NamedTuple):
    """Lots of one contract as a line of the file states them."""

    line: int
    contract: str
    lots: Lots
    sub_account: str = ""


def read_positions(path: Path) -> list[Holding]:
    """Return every line of a positions file.

    Raises:
        InputFault: no such file, or faulty lines; each is named.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputFault(f"{path} cannot be read: {fault}") from fault
    reader = csv.DictReader(text.splitlines())
    columns = tuple(name.strip() for name in reader.fieldnames or ())
    if columns not in COLUMNS:
        allowed = " or ".join(",".join(names) for names in COLUMNS)
        raise InputFault(f"{path}, line 1: the columns must be {allowed}, not {','.join(columns)}")
    found: list[Holding] = []
    faults: list[str] = []
    for row in reader:
        held = _holding(reader.line_num, row, faults, path.name)
        if held is not None:
            found.append(held)
    if faults:
        raise InputFault(f"{path} has faulty lines; nothing was computed.", faults[:FAULTS_MAX])
    return found


def _holding(line: int, row: dict[str, str | None], faults: list[str], name: str) -> Holding | None:
    if None in row or None in row.values():
        faults.append(f"{name}, line {line}: not as many columns as the first line has")
        return None
    values = {key.strip(): str(value).strip() for key, value in row.items()}
    owner = values.pop(OWNER, None)
    if owner is not None and not 0 < len(owner) <= SUB_ACCOUNT_MAX:
        faults.append(
            f"{name}, line {line}: {OWNER} {owner!r} is not of 1 to {SUB_ACCOUNT_MAX} characters"
        )
        return None
    numbers = []
    for column in list(values)[1:]:
        text = values[column].replace("_", "")
        is_whole = text.removeprefix("-").isdecimal() and text.isascii()
        if not is_whole or abs(int(text)) > LOTS_MAX:
            faults.append(
                f"{name}, line {line}: {column} {values[column]!r} is not a whole number "
                f"from -{LOTS_MAX:,} to {LOTS_MAX:,}"
            )
            return None
        numbers.append(int(text))
    if len(numbers) == 1:
        lots = Lots(max(numbers[0], 0), max(-numbers[0], 0))
    elif min(numbers) < 0:
        faults.append(f"{name}, line {line}: long and short lots are not below zero")
        return None
    else:
        lots = Lots(numbers[0], numbers[1])
    return Holding(line, values["contract"], lots, owner or "")


def with_orders(held: Sequence[Holding], orders: Sequence[Holding]) -> list[Holding]:
    """Return positions as they would be when all orders were filled."""
    return [*held, *orders]


def portfolios_of(
    sets: Sequence[SpanParameters],
    held: Sequence[Holding],
    *,
    is_gross: bool,
    account_type: AccountType,
    fallback: Fallback | None,
) -> list[Portfolio]:
    """Return one portfolio per set; what no set has goes to the first, at the fallback.

    Raises:
        InputFault: texts that are no keys, contracts that cannot be margined; each is named.
    """
    lots: list[dict[int, Lots]] = [{} for _ in sets]
    missing: dict[str, tuple[Lots, Fallback]] = {}
    faults = []
    for line in held:
        try:
            place, row = _place_of(sets, line.contract)
        except ValueError as fault:
            faults.append(f"line {line.line}: {fault}")
            continue
        if row is not None:
            lots[place][row] = _sum(lots[place].get(row), line.lots)
        elif fallback is not None:
            before = missing.get(line.contract, (None,))[0]
            missing[line.contract] = _sum(before, line.lots), fallback
        else:
            faults.append(f"line {line.line}: no parameter file has {line.contract}")
    if faults:
        raise InputFault(f"contracts cannot be margined ({HINT}).", faults[:FAULTS_MAX])
    return [
        Portfolio(
            lots=own,
            is_gross=is_gross,
            account_type=account_type,
            missing=missing if place == 0 else {},
        )
        for place, own in enumerate(lots)
    ]


def of_first_set(sets: Sequence[SpanParameters], held: Sequence[Holding]) -> list[list[Holding]]:
    """Return the lines of each set, as ``portfolios_of`` places them."""
    found: list[list[Holding]] = [[] for _ in sets]
    for line in held:
        found[_place_of(sets, line.contract)[0]].append(line)
    return found


def _place_of(sets: Sequence[SpanParameters], contract: str) -> tuple[int, int | None]:
    """Return the first set that has a contract, and its row there; no row when none has."""
    for place, parameters in enumerate(sets):
        row = row_of(parameters, contract)
        if row is not None:
            return place, row
    return 0, None


def _sum(before: Lots | None, added: Lots) -> Lots:
    if before is None:
        return added
    return Lots(before.long + added.long, before.short + added.short)
