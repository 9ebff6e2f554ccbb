"""The desk file for the long futures data set: written from its table of instruments.

The data lie beside the repository (``../shared/data/market``) and are never copied into it.  What
the table does not tell is stated here: ticks, margin rates by asset class, the groups.

Ticks: the power of ten next below a hundred-thousandth of the price, since the source keeps no
exchange tick.  Slippage: the table's half-spread in such ticks (EURIBOR's, which is wrong upstream,
replaced by half of its exchange tick of 0.005).
"""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["FX_PAIRS", "Instrument", "desk_text", "instruments", "market_folder"]

FX_PAIRS = ("AUD", "CAD", "CHF", "CNH", "EUR", "GBP", "HKD", "JPY", "KRW", "SEK", "SGD")
MARGIN_PERCENT = {
    "Equity": "6",
    "Sector": "7",
    "Vol": "30",
    "Bond": "2",
    "FX": "3",
    "Metals": "7",
    "OilGas": "9",
    "Ags": "7",
}
GROUPS = {
    "EQ": ("Equity", "Sector", "Vol"),
    "BD": ("Bond",),
    "FX": ("FX",),
    "ME": ("Metals",),
    "EN": ("OilGas",),
    "AG": ("Ags",),
}
VENUES = {"US": "US", "EMEA": "GB", "ASIA": "SG"}
SPREADS_CORRECTED = {"EURIBOR": 0.0025}
STRATEGIES = (
    ("TS", 'kind = "trend"\ndays = 120'),
    ("TF", 'kind = "trend"\ndays = 32'),
    ("BR", 'kind = "breakout"\ndays = 60'),
    ("MR", 'kind = "mean_reversion"\ndays = 10\norder = "limit"'),
    ("MS", 'kind = "mean_reversion"\ndays = 40'),
)


class Instrument(NamedTuple):
    """One row of the table with the tick chosen for it."""

    name: str
    words: str
    point_value: str
    currency: str
    asset_class: str
    fee_per_lot: str
    fee_percent: str
    region: str
    tick_places: int
    slippage_ticks: int

    @property
    def tick(self) -> str:
        """Return the tick as decimal text."""
        places = self.tick_places
        return f"0.{'0' * (places - 1)}1" if places > 0 else "1" + "0" * -places


def market_folder() -> Path | None:
    """Return the folder of the market data, None when it is not beside this repository."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "market"
    return folder if (folder / "futures_multiple_daily.csv.gz").is_file() else None


def instruments(folder: Path, listed_by: str = "2005-01-01") -> list[Instrument]:
    """Return the instruments with unadjusted prices by that day whose currency has rates."""
    levels = _last_prices(folder)
    with (folder / "futures_instruments.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["has_multiple"] == "True" and row["first_date"] <= listed_by
        ]
    return [
        _instrument(row, levels[row["Instrument"]])
        for row in rows
        if row["Instrument"] in levels and row["Currency"] in {"USD", *FX_PAIRS}
    ]


def _last_prices(folder: Path) -> dict[str, float]:
    levels: dict[str, float] = {}
    with gzip.open(folder / "futures_multiple_daily.csv.gz", "rt", newline="") as file:
        next(file)
        for line in file:
            _, name, price, _ = line.split(",", 3)
            if price:
                levels[name] = abs(float(price)) or levels.get(name, 1.0)
    return levels


def _instrument(row: dict[str, str], level: float) -> Instrument:
    places = 5
    while level >= 10 and places > 0:
        level /= 10
        places -= 1
    while level < 1 and places < 9:
        level *= 10
        places += 1
    spread = SPREADS_CORRECTED.get(row["Instrument"], float(row["SpreadCost"]))
    return Instrument(
        name=row["Instrument"],
        words=row["Description"].strip(' -"')[:60],
        point_value=_plain(row["Pointsize"]),
        currency=row["Currency"],
        asset_class=row["AssetClass"],
        fee_per_lot=_plain(row["PerBlock"]),
        fee_percent=_plain(f"{100 * float(row['Percentage']):.4f}"),
        region=row["Region"],
        tick_places=places,
        slippage_ticks=min(100_000, max(0, round(spread * 10**places))),
    )


def _plain(text: str) -> str:
    return f"{float(text):.6f}".rstrip("0").rstrip(".")


def desk_text(found: list[Instrument]) -> str:
    """Return the desk file: 30 sub-accounts in six groups and five strategies."""
    return "\n".join([*_head(), *_products(found), *_accounts(found), *_replay(found)]) + "\n"


def _head() -> Iterator[str]:
    yield '[desk]\nname = "Futures 2005-2023"\n'
    yield '[[person]]\nid = "FIRM"\nname = "A firm (invented)"\njurisdiction = "US"\n'
    for region, country in VENUES.items():
        yield f'[[venue]]\nid = "{region}"\nname = "Exchanges {region}"\ncountry = "{country}"\n'
    yield '[master]\nid = "MASTER"\nperson = "FIRM"\nbase_currency = "USD"\n'
    for region in VENUES:
        yield f'[[carrying]]\nid = "FCM-{region}"\nholder = "FIRM"\nvenues = ["{region}"]\n'
    yield '[[limit]]\nnode = "MASTER"\nlots = 200000\n'
    for region in VENUES:
        yield f'[[capital.deposit]]\ncarrying = "FCM-{region}"\nowner = "FIRM"\ncurrency = "USD"'
        yield f'amount = "{600_000_000 if region == "US" else 200_000_000}"\n'
    yield '[capital]\ngranted = "900000000"\n'
    yield "[plan]\nevery_days = 21\nhalf_life_days = 30"
    yield 'proposed_by = "planner"\napproved_by = "allocator"\n'
    yield 'floor = "1 %"\ncap = "8 %"\nstep = "1 %"\n'


def _products(found: list[Instrument]) -> Iterator[str]:
    for one in found:
        yield (
            f'[[product]]\nid = "{one.name}"\nvenue = "{one.region}"\nname = "{one.words}"\n'
            f'currency = "{one.currency}"\npoint_value = "{one.point_value}"\n'
            f'tick = "{one.tick}"\nmargin = "{MARGIN_PERCENT[one.asset_class]} %"\n'
            f'fees = {{ per_lot = "{one.fee_per_lot}", notional = "{one.fee_percent} %" }}\n'
            f'price_band = "10 %"\n'
        )


def _accounts(found: list[Instrument]) -> Iterator[str]:
    for name, words in STRATEGIES:
        yield f'[[strategy]]\nid = "{name}"\n{words}\n'
    routes = ", ".join(f'{region} = "FCM-{region}"' for region in VENUES)
    yield f'[sub_account_template.fund]\nowner = "FIRM"\nroutes = {{ {routes} }}\n'
    for group, classes in GROUPS.items():
        members = ", ".join(f'"{one.name}"' for one in found if one.asset_class in classes)
        for strategy, _ in STRATEGIES:
            yield f'[[sub_account]]\nid = "{group}-{strategy}"\ntemplate = "fund"'
            yield f'strategy = "{strategy}"'
            yield f'mandate = {{ leverage = "8x", products = [{members}], tags = ["{group}"] }}\n'


def _replay(found: list[Instrument]) -> Iterator[str]:
    series = ", ".join(f'{one.name} = "{one.name}"' for one in found)
    yield '[[replay.prices]]\nlayout = "held"\nfile = "futures_multiple_daily.csv.gz"'
    yield f"series = {{ {series} }}\n"
    used = list(dict.fromkeys(one.currency for one in found if one.currency != "USD"))
    pairs = ", ".join(f'{currency} = "{currency}USD"' for currency in used)
    yield '[[replay.rates]]\nfile = "fx_daily.csv.gz"'
    yield f"series = {{ {pairs} }}\n"
    ticks = ", ".join(f"{one.name} = {one.slippage_ticks}" for one in found)
    yield '[replay.fills]\nvolume_share = "100 %"'
    yield f"slippage_ticks = {{ {ticks} }}"
