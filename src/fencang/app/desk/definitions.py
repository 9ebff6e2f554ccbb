"""Tables of a desk file on their own: the reference values that a draft states anew.

Everything that has an identity may stand in such a file: what it names is defined or changed, all
else stays.  ``[desk]`` and ``[master]`` are of the whole desk and belong to its desk file.
"""

import tomllib
from pathlib import Path

from fencang.app.desk.accounts import read_accounts
from fencang.app.desk.authority import read_authority_tables
from fencang.app.desk.broker_terms import read_add_on, read_cross_margin
from fencang.app.desk.faults import DeskFault, Lines
from fencang.app.desk.fields import Fields
from fencang.app.desk.file import DeskFileFault
from fencang.app.desk.margin_rates import read_margin_rate
from fencang.app.desk.money_terms import read_money_terms
from fencang.app.desk.regimes import read_regimes
from fencang.app.desk.risk import read_risk
from fencang.app.desk.sections import (
    read_carrying,
    read_contract,
    read_limit,
    read_person,
    read_product,
    read_rule,
    read_venue,
)
from fencang.app.exit_status import InputFault
from fencang.refdata.desk import DeskItem

__all__ = ["parse_definitions", "read_definitions"]

_READERS = (
    ("person", read_person),
    ("venue", read_venue),
    ("product", read_product),
    ("carrying", read_carrying),
    ("limit", read_limit),
    ("margin_rate", read_margin_rate),
    ("add_on", read_add_on),
    ("cross_margin", read_cross_margin),
    ("rule", read_rule),
)


def read_definitions(path: Path) -> tuple[DeskItem, ...]:
    """Return the reference values of a file.

    Raises:
        InputFault: it cannot be read.
        DeskFileFault: with every fault of it.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        words = getattr(fault, "strerror", None) or "is not UTF-8 text"
        raise InputFault(f"{path}: {words}") from fault
    return parse_definitions(text, path.name)


def parse_definitions(text: str, name: str) -> tuple[DeskItem, ...]:
    """Return the reference values that a TOML text states, at least one.

    Raises:
        DeskFileFault: with every fault of it.
    """
    try:
        table = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as fault:
        raise DeskFileFault(name, [DeskFault(name, f"is not TOML: {fault}")]) from fault
    faults: list[DeskFault] = []
    root = Fields(table, "", faults, Lines(text))
    items = _items(root)
    root.finish()
    if not faults and not items:
        faults.append(DeskFault(name, "states nothing"))
    if faults:
        unique = list(dict.fromkeys(faults))
        raise DeskFileFault(name, sorted(unique, key=lambda fault: fault.line))
    return items


def _items(root: Fields) -> tuple[DeskItem, ...]:
    contracts = tuple(read_contract(each) for each in root.each("contract"))
    accounts, _ = read_accounts(root)
    return (
        *(read(each) for table, read in _READERS for each in root.each(table)),
        *contracts,
        *accounts,
        *(row.item for row in read_risk(root)),
        *read_money_terms(root).items,
        *(row.item for row in read_regimes(root.over({}), root, contracts)),
        *(row.item for row in read_authority_tables(root)),
    )
