"""Products with worked numbers that tests of several packages share."""

from fencang.basics.price import NANOS
from fencang.refdata.contract import CostMethod, FeeSchedule, Product

CL = Product(
    product_id="CL",
    venue_id="NYMEX",
    name="WTI crude, 1,000 barrels",
    currency="USD",
    point_value_micros=1_000_000_000,
    tick_nanos=NANOS // 100,
    fees=FeeSchedule(per_lot_micros=2_050_000, clearing_per_lot_micros=400_000),
)
CL_AVERAGE = Product(
    product_id="CLA",
    venue_id="NYMEX",
    name="WTI crude at average cost",
    currency="USD",
    point_value_micros=1_000_000_000,
    tick_nanos=NANOS // 100,
    cost_method=CostMethod.AVERAGE,
)
HALF = Product(
    product_id="HALF",
    venue_id="CME",
    name="half a dollar a point, quoted in quarters",
    currency="USD",
    point_value_micros=500_000,
    tick_nanos=NANOS // 4,
)
RB = Product(
    product_id="rb",
    venue_id="SHFE",
    name="rebar, 10 tonnes",
    currency="CNY",
    point_value_micros=10_000_000,
    tick_nanos=NANOS,
    fees=FeeSchedule(per_lot_micros=1_000_000, notional_ppm=100, close_today_per_lot_micros=0),
)
