"""``fencang envelopes``: what is reserved ahead, what orders took of it, and until when."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from fencang.app.commands.fitting import Column, fitting
from fencang.app.data_directory import recovered
from fencang.app.exit_status import ExitStatus
from fencang.basics.rounding import divide_half_away
from fencang.basics.time import format_time
from fencang.engine.flows.envelope_review import held_by
from fencang.engine.risk.envelopes import Envelope
from fencang.engine.state import DeskState

__all__ = ["envelopes_found", "run_envelopes", "tell"]

Found = dict[str, Any]


def run_envelopes(data: Path, *, as_json: bool) -> ExitStatus:
    """Show every open envelope."""
    found = envelopes_found(recovered(data).state)
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        tell(found)
    return ExitStatus.DONE


def envelopes_found(state: DeskState) -> Found:
    """Return the open envelopes as plain values, oldest first."""
    return {
        "sequence": state.sequence,
        "currency": state.rates.base_currency,
        "envelopes": [
            _row(state, envelope) for _, envelope in sorted(state.risk.envelopes.open.items())
        ],
    }


def _row(state: DeskState, envelope: Envelope) -> Found:
    return {
        "envelope_id": envelope.envelope_id,
        "sub_account": envelope.sub_account_id,
        "scope": envelope.scope_id,
        "contracts": [line.key[1] for line in envelope.lines],
        "side": envelope.side.name.lower(),
        "granted_lots": envelope.quantity_lots,
        "working_lots": envelope.working_lots,
        "filled_lots": envelope.filled_lots,
        "unused_lots": envelope.reserved_lots,
        "clip_lots": envelope.clip_lots,
        "held_micros": held_by(state, envelope, envelope.reserved_lots).own,
        "margin_micros": envelope.margin_micros,
        "expires": format_time(envelope.expires_ns),
        "entered_by": envelope.entered_by,
    }


def tell(found: Found) -> None:
    """Print one line per envelope, in as many tables as the terminal's width needs."""
    console = Console(highlight=False)
    if not found["envelopes"]:
        console.print("No envelope is open.")
    else:
        for table in _tables(found["envelopes"], console.width):
            console.print(table)
        console.print(f"Money in {found['currency']}: what unused lots hold now, and may hold.")
    console.print(f"As of record {found['sequence']:,}.")


def _tables(rows: list[Found], width: int) -> Iterator[Table]:
    names = [
        Column("envelope", [str(row["envelope_id"]) for row in rows]),
        Column("of", [row["sub_account"] for row in rows], is_number=False),
    ]
    told = [
        Column("in", [row["scope"] for row in rows], is_number=False),
        Column("side", [row["side"] for row in rows], is_number=False),
    ]
    told += [
        Column(name, [f"{row[f'{name}_lots']:,}" for row in rows])
        for name in ("granted", "working", "filled", "unused", "clip")
    ]
    told += [
        Column(name, [_money(row[f"{name}_micros"]) for row in rows]) for name in ("held", "margin")
    ]
    told.append(Column("until (UTC)", [row["expires"][:19] for row in rows], is_number=False))
    return fitting(width, "Open envelopes", names, told)


def _money(micros: int) -> str:
    cents = divide_half_away(micros, 10_000)
    return f"{cents // 100:,}.{cents % 100:02d}"
