"""American options on futures by QuantLib, and how far our approximation is from them.

``python -m tests.parameters.american_oracle`` prints the table of docs/guide/risk-arrays.md.
The reference is QuantLib's exercise-boundary engine (QdFp, high precision), which agrees with its
binomial tree of 2,001 steps and its finite differences to the digits shown.
"""

import itertools

import numpy as np
import QuantLib

from fencang.margin.span.parameters import ContractRight
from fencang.parameters.pricing import PricingFormula, prices

ql = QuantLib

FORWARD = 100.0
STRIKES = (60.0, 80.0, 90.0, 100.0, 110.0, 120.0, 150.0)
VOLATILITIES = (0.1, 0.2, 0.3, 0.5, 0.8)
DAYS = (7, 30, 91, 182, 365, 730)
RATES = (0.0, 0.01, 0.05, 0.1)
RIGHTS = (ContractRight.CALL, ContractRight.PUT)
TODAY = ql.Date(9, 7, 2021)


def qdfp(process):
    return ql.QdFpAmericanEngine(process, ql.QdFpAmericanEngine.highPrecisionScheme())


def tree(process):
    return ql.BinomialCRRVanillaEngine(process, 2001)


def differences(process):
    return ql.FdBlackScholesVanillaEngine(process, 400, 800)


def whaley(process):
    return ql.BaroneAdesiWhaleyApproximationEngine(process)


def process_of(forward, volatility, rate):
    ql.Settings.instance().evaluationDate = TODAY
    count = ql.Actual365Fixed()
    curve = ql.YieldTermStructureHandle(ql.FlatForward(TODAY, rate, count))
    level = ql.BlackConstantVol(TODAY, ql.NullCalendar(), volatility, count)
    quote = ql.QuoteHandle(ql.SimpleQuote(forward))
    return ql.BlackProcess(quote, curve, ql.BlackVolTermStructureHandle(level))


def option_of(right, strike, days, *, is_american=True):
    kind = ql.Option.Call if right == ContractRight.CALL else ql.Option.Put
    payoff = ql.PlainVanillaPayoff(kind, strike)
    if is_american:
        return ql.VanillaOption(payoff, ql.AmericanExercise(TODAY, TODAY + days))
    return ql.EuropeanOption(payoff, ql.EuropeanExercise(TODAY + days))


def american(right, strike, volatility, days, rate, engine=qdfp, forward=FORWARD):
    """Price of one American option by a QuantLib engine."""
    option = option_of(right, strike, days)
    option.setPricingEngine(engine(process_of(forward, volatility, rate)))
    return option.NPV()


def ours(right, strike, volatility, days, rate, forward=FORWARD):
    found = prices(
        PricingFormula.BJERKSUND_STENSLAND,
        right,
        forward,
        strike,
        volatility,
        np.asarray(days) / 365,
        rate,
    )
    return float(found)


def errors(volatility, days, rate, engine=None):
    """Errors over strikes and rights, in price units (the future stands at 100)."""
    found = []
    for right, strike in itertools.product(RIGHTS, STRIKES):
        exact = american(right, strike, volatility, days, rate)
        if engine is None:
            approximate = ours(right, strike, volatility, days, rate)
        else:
            approximate = american(right, strike, volatility, days, rate, engine)
        found.append(approximate - exact)
    return np.array(found)


def main():
    print("| volatility | days | worst error, rate 1 % | rate 5 % | rate 10 % | Whaley, rate 5 % |")
    print("|---|---|---|---|---|---|")
    for volatility, days in itertools.product(VOLATILITIES, DAYS):
        cells = [errors(volatility, days, rate) for rate in RATES[1:]]
        cells.append(errors(volatility, days, 0.05, whaley))
        worst = [cell[np.abs(cell).argmax()] for cell in cells]
        shown = " | ".join(f"{error:+.4f}" for error in worst)
        print(f"| {volatility:.0%} | {days} | {shown} |")


if __name__ == "__main__":
    main()
