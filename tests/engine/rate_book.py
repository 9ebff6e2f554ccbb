"""A small market margined by rate: two months of copper, one of aluminium, in one netting set.

Amounts are written in yuan; a lot is 5 tonnes and the tick 10, as at SHFE.
"""

from datetime import date

from msgspec import structs

from fencang.basics.money import parse_money as money
from fencang.basics.price import parse_price as price
from fencang.engine.netting.rate_node import RateNode
from fencang.engine.netting.rate_terms import RateTerms
from fencang.engine.netting.sets import SpanTerms
from fencang.margin.standing import Standing
from fencang.refdata.account import AccountType
from fencang.refdata.contract import Contract, Product
from fencang.refdata.margin_rate import LargerSide, LotRate, MarginRate
from fencang.refdata.venue import Venue

TODAY = date(2026, 1, 6)
SHFE = Venue(venue_id="SHFE", name="Shanghai", country="CN")
LAST = date(2026, 3, 16)


def product_of(contract_id):
    return contract_id.rstrip("0123456789")


def by_volume(yuan):
    return LotRate(amount_micros=money(str(yuan)))


def by_money(percent, yuan=0):
    return LotRate(ratio_ppm=percent * 10_000, amount_micros=money(str(yuan)))


def rate_of(scope, long, short=None, side=LargerSide.PRODUCT, **more):
    if side is LargerSide.GROUP:
        more.setdefault("larger_side_group", "metals")
    more.setdefault("from_day", date(2025, 1, 1))
    return MarginRate(scope_id=scope, long=long, short=short or long, larger_side=side, **more)


def changed_venue(**more):
    return structs.replace(SHFE, **more)


def row_of(
    contract_id,
    rate,
    mark=70_000,
    *,
    floor=0,
    settlement=None,
    last=LAST,
    currency="CNY",
    venue=SHFE,
):
    """Return what a lot of a contract asks for at a mark, today."""
    product_id = product_of(contract_id)
    product = Product(
        product_id=product_id,
        venue_id="SHFE",
        name=product_id,
        currency=currency,
        point_value_micros=money("5"),
        tick_nanos=price("10"),
        margin_floor_micros=money(str(floor)),
    )
    contract = Contract(contract_id=contract_id, product_id=product_id, last_trading_day=last)
    row = RateTerms(contract, product, venue, rate, today=TODAY.toordinal(), settled_day=0)
    row.set_prices(price(str(mark)), None if settlement is None else price(str(settlement)))
    return row


def metals(side=LargerSide.PRODUCT):
    """Return 5,000 yuan a lot of copper, 2,000 a lot of aluminium."""
    return {
        "cu2603": row_of("cu2603", rate_of("cu", by_volume(5_000), side=side)),
        "cu2604": row_of("cu2604", rate_of("cu", by_volume(5_000), side=side)),
        "al2603": row_of("al2603", rate_of("al", by_volume(2_000), side=side)),
    }


def opened(*, gross=True, multiplier_ppm=1_000_000):
    return RateNode(Standing(), SpanTerms(gross, AccountType.SPECULATOR, multiplier_ppm))


def asked(node):
    """Return what stands in the standing: all currencies added."""
    assert not any(node.standing.notional.values())
    return sum(node.standing.requirement.values())


def held(node):
    return sum(node.held().values())


def hold(node, row, long, short=0):
    node.change(row, long, short, 0, 0)


def work(node, row, lots):
    """Work an order: lots bought, or sold below zero."""
    node.change(row, 0, 0, max(lots, 0), max(-lots, 0))
