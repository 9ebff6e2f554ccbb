"""SPAN files for the engine's firm: CL and ES at one house, small enough to compute by hand.

CL: 3,000 a lot in three months (June, July, December), calendar June against the rest 500 a spread.
A call and a put on June at 20.  ES: 6,000 a lot.  CL against ES: half of both scans is credited,
one to one, opposite sides.
``JUNE`` is in force from Monday on, ``DEARER`` (of Tuesday) asks 4,500 for CL and has no December,
``TENFOLD`` is absurd: 30,000.
"""

from datetime import date

from fencang.margin.span.parameters import SpanParameters
from fencang.messages import commands as cmd
from fencang.messages.margin_commands import RiskArray
from tests.engine.firm import CONTRACTS, changed
from tests.margin.span_sets import SpanSet, calendar, leg, line, tier, tier_leg

CALL = (
    *(0, 0, -1_000, -1_100, 700, 600, -2_200, -2_300, 1_100, 1_000),
    *(-3_500, -3_600, 1_300, 1_250, -1_900, 430),
)
PUT = (
    *(0, 0, 600, 500, -900, -1_000, 900, 850, -2_000, -2_100),
    *(1_000, 950, -3_200, -3_300, 330, -1_800),
)
"""One lot at 20, worth 1,500 and 1,100: no scenario loses more."""
JUNE, DEARER, UNKNOWN, METALS, TENFOLD = (letter * 64 for letter in "abcde")
FRIDAY, MONDAY_EVENING = date(2020, 4, 17), date(2020, 4, 20)
KEYS = {
    "CLM0": "XYZ/CL/FUT/202006",
    "CLN0": "XYZ/CL/FUT/202007",
    "CLZ0": "XYZ/CL/FUT/202012",
    "ESM0": "XYZ/ES/FUT/202006",
}


def crude(scan, *, december=True, initial_ppm=1_000_000):
    made = SpanSet()
    made.commodity(
        "CL",
        intra_tiers=(tier(1, "202006"), tier(2, "202007", "202012")),
        tier_spreads=(calendar(1, 500, tier_leg("A", 1, 1), tier_leg("B", 1, 2)),),
        initial_ratio_ppm=(1_000_000, 1_000_000, initial_ppm),
    )
    made.commodity("ES")
    made.future("CL", "202006", line(scan))
    made.future("CL", "202007", line(scan))
    if december:
        made.future("CL", "202012", line(scan))
    made.future("ES", "202006", line(6_000))
    for right, strike, values, price in (("C", "20", CALL, "1.5"), ("P", "20", PUT, "1.1")):
        made.option(
            "CL",
            "202006",
            right,
            strike,
            values,
            price=price,
            factor=1_000,
            delta_e4=5_000 if right == "C" else -5_000,
            underlying="202006",
        )
    made.inter(1, 50, leg("A", 1, "CL"), leg("B", 1, "ES"))
    return made.build()


def metals():
    """Return the file of a second house: gold at 4,500 a lot."""
    made = SpanSet()
    made.commodity("GC")
    made.future("GC", "202006", line(4_500))
    return made.build()


class Files:
    """Files by hash, made when they are asked for."""

    def __init__(self):
        self._made: dict[str, SpanParameters] = {}

    def get(self, sha256):
        if sha256 not in self._made:
            if sha256 == METALS:
                self._made[sha256] = metals()
            elif sha256 == JUNE:
                self._made[sha256] = crude(3_000)
            elif sha256 == TENFOLD:
                self._made[sha256] = crude(30_000)
            elif sha256 == DEARER:
                self._made[sha256] = crude(4_500, december=False)
            else:
                return None
        return self._made[sha256]


FILES = Files()


def keyed(**more):
    """Return the firm's contracts with their keys."""
    return [
        changed(contract, margin_key=KEYS[contract.contract_id], **more)
        for contract in CONTRACTS
        if contract.contract_id in KEYS
    ]


def load(sha256=JUNE, day=FRIDAY, house="NYMEX"):
    return cmd.LoadSpanParameters(
        clearing_house=house, sha256=sha256, bytes_count=1, parser_version=1, business_date=day
    )


def activate(sha256=JUNE, house="NYMEX", approved_by=""):
    return cmd.ActivateSpanParameters(clearing_house=house, sha256=sha256, approved_by=approved_by)


def arrays(scan, *names, sha256=JUNE, approved_by="boss", values=None):
    """Return computed arrays for contracts: ``arrays(3_600, "CLM0")``."""
    return cmd.LoadRiskArrays(
        clearing_house="NYMEX",
        sha256=sha256,
        model="intraday",
        solver_version="1",
        input_sha256="0" * 64,
        arrays=tuple(RiskArray(KEYS[name], values or line(scan), 10_000) for name in names),
        entered_by="risk",
        approved_by=approved_by,
    )


def grant(sub, micros, approved_by="boss"):
    return cmd.GrantBenefit(
        sub_account_id=sub,
        amount_micros=micros,
        reason="benefit",
        entered_by="risk",
        approved_by=approved_by,
    )


def collateral(value, haircut_ppm=100_000, name="T-BILL", approved_by="boss", currency="USD"):
    return cmd.ReportCollateral(
        carrying_account_id="C1",
        owner_id="FUND",
        collateral_id=name,
        currency=currency,
        value_micros=value,
        haircut_ppm=haircut_ppm,
        entered_by="ops",
        approved_by=approved_by,
    )


def use_span(desk, sha256=JUNE, day=FRIDAY):
    """Give the firm's contracts their keys and put a file in force."""
    from tests.engine.firm import define

    desk.done(define(*keyed()))
    desk.done(load(sha256, day))
    return desk.done(activate(sha256))
