"""The careless office in a contract's life: rolls and conversions, most of them wrong."""

import msgspec

from fencang.engine.conversion import living
from fencang.messages import commands as cmd
from fencang.messages.life_events import ContractConverted
from fencang.messages.message import Offset, Side
from fencang.refdata.contract import Contract
from tests.engine.firm import MONDAY, changed, define
from tests.engine.life_acts import convert, permitted, roll

__all__ = ["conversion_command", "life_command", "now_called", "see_life"]

CONVERSIONS = (
    ("CLN0", "CLX0", (2, 1), (1, 1)),
    ("CLN0", "CLX0", (2, 1), (1, 1)),
    ("CU06", "CUX6", (1, 1), (1, 1)),
    ("CLX0", "CLN0", (1, 2), (1, 1)),
    ("CLM0", "ESM0", (1, 1), (1, 1)),
)
PAIRS = (("CLM0", "CLN0"), ("CLM0", "CLN0"), ("CLN0", "CLM0"), ("CLM0", "ESM0"), ("CU06", "CU06"))


def life_command(office):
    """Return a roll or, now and then, a conversion."""
    return _roll(office) if office.chance.random() < 0.8 else conversion_command(office)


def conversion_command(office):
    """Let crude become lots of half the size, or copper get a new symbol; or something senseless.

    Successors that were converted into can be dealt in from then on.
    """
    chance, desk = office.chance, office.desk
    old, new, lots, prices = chance.choice(CONVERSIONS)
    if not {old, new} <= set(desk.state.contracts):
        return define(*_successors(desk))
    if desk.state.contracts[old].live_orders and chance.random() < 0.8:
        return cmd.ReportOrderExpired(order_id=min(desk.state.contracts[old].live_orders))
    if chance.random() < 0.1:
        lots = (chance.randint(1, 3), chance.randint(1, 3))
    venue = desk.state.contracts[old].venue
    day = MONDAY.fromordinal(venue.today)
    boss = chance.choice(("boss", "boss", "boss", ""))
    return convert(old, new, lots, prices, day, boss)


def _successors(desk):
    state = desk.state
    crude, copper = state.products["CL"], state.products["CU"]
    point_value = crude.point_value_micros // 2
    half = changed(crude, product_id="CLH", name="CLH", point_value_micros=point_value)
    yield half
    yield Contract(contract_id="CLX0", product_id="CLH")
    yield Contract(contract_id="CUX6", product_id=copper.product_id)
    yield from permitted(desk, "CLH")


def see_life(office, events):
    """Deal in what a contract became, too."""
    for event in events:
        if isinstance(event, ContractConverted):
            old, new = event.from_contract_id, event.to_contract_id
            office.contracts[new] = office.contracts.get(old, (20, 1))
            office.levels[new] = office.levels.get(old, 20)


def now_called(office, names):
    """Return contracts by what they became."""
    contracts = office.desk.state.contracts
    return tuple(living(contracts[name]).contract.contract_id for name in names)


def _roll(office):
    chance, state = office.chance, office.desk.state
    near, far = chance.choice(PAIRS)
    held = [
        (sub_id, line)
        for sub_id, sub in sorted(state.subs.items())
        for line in sub.sorted_lines()
        if line.contract.contract.contract_id == near and not line.position.is_flat
    ]
    sub, side, offset = chance.choice(sorted(state.subs)), chance.choice(list(Side)), Offset.NET
    if held and chance.random() < 0.8:
        sub, line = chance.choice(held)
        side = Side.BUY if line.position.long.quantity_lots else Side.SELL
        offset = Offset.CLOSE if line.is_gross else Offset.NET
    command = roll(sub, chance.choice((1, 1, 2, 5)), side, name=f"l{chance.randrange(10_000)}")
    prices = {"from_contract_id": near, "to_contract_id": far, "offset": offset}
    if chance.random() < 0.5:
        prices |= {"near_price_nanos": office._price(near), "far_price_nanos": None}
    return msgspec.structs.replace(command, **prices)
