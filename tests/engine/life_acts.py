"""Rolls and conversions in short form."""

from fencang.messages.life_commands import ConvertContract, RollPosition
from fencang.refdata.contract import Contract
from tests.engine.desk import BUY
from tests.engine.firm import MONDAY, changed, define, price, product


def roll(sub="ALPHA", lots=4, side=BUY, near=None, far=None, name="r1", **more):
    """Return a roll of CLM0 into CLN0; a leg without a price goes to the market."""
    fields = {"from_contract_id": "CLM0", "to_contract_id": "CLN0", **more}
    return RollPosition(
        sub_account_id=sub,
        client_roll_id=name,
        side=side,
        quantity_lots=lots,
        near_price_nanos=None if near is None else price(near),
        far_price_nanos=None if far is None else price(far),
        **fields,
    )


def convert(old="CLM0", new="CLX0", lots=(2, 1), prices=(1, 1), day=MONDAY, approved_by="boss"):
    """Return a conversion: by default CL of 1,000 barrels becomes two lots of 500 each."""
    return ConvertContract(
        from_contract_id=old,
        to_contract_id=new,
        trading_day=day,
        new_lots=lots[0],
        old_lots=lots[1],
        price_numerator=prices[0],
        price_denominator=prices[1],
        source="exchange notice",
        reason="the multiplier changed",
        entered_by="ops",
        approved_by=approved_by,
    )


def list_halves(desk, *subs, price_tick="0.01", **more):
    """List CLX0, a lot of which is 500 barrels, and let sub-accounts trade it."""
    half = product("CLH", "NYMEX", "USD", "500", price_tick, **more)
    contract = Contract(contract_id="CLX0", product_id="CLH")
    desk.done(define(half, contract, *permitted(desk, "CLH", *subs)))


def permitted(desk, product_id, *subs):
    """Return sub-accounts, by default all, whose mandates permit one product more."""
    state = desk.state
    for name in subs or sorted(state.subs):
        definition = state.subs[name].definition
        mandate = definition.mandate
        if product_id not in mandate.products:
            wider = changed(mandate, products=(*mandate.products, product_id))
            yield changed(definition, mandate=wider)
