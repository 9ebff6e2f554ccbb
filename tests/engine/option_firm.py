"""The firm's options on June crude at 20: a call and a put that become the future, one for cash.

LO pays premiums, LF is margined like a future, LX (European) is settled in cash.
"""

from fencang.messages.option_commands import (
    ExerciseKind,
    ExpireOption,
    InstructExercise,
    ReportExercise,
)
from fencang.refdata.contract import (
    CashStyle,
    Contract,
    ContractKind,
    ExerciseStyle,
    OptionRight,
    OptionSettlement,
    OptionTerms,
)
from tests.engine.firm import (
    PRODUCTS,
    define,
    price,
    product,
    sub_account,
)
from tests.engine.span_firm import use_span

AMERICAN = OptionTerms(exercise_style=ExerciseStyle.AMERICAN, settlement=OptionSettlement.FUTURE)
FOR_CASH = OptionTerms(exercise_style=ExerciseStyle.EUROPEAN, settlement=OptionSettlement.CASH)
CALL_KEY, PUT_KEY = "XYZ/CL/OOF/202006/C/20", "XYZ/CL/OOF/202006/P/20"


def option_product(name, cash_style=CashStyle.PREMIUM, option=AMERICAN, **more):
    return product(
        name,
        "NYMEX",
        "USD",
        "1000",
        "0.01",
        kind=ContractKind.OPTION,
        cash_style=cash_style,
        option=option,
        **more,
    )


def option(name, product_id, right=OptionRight.CALL, underlying_id="CLM0", key=""):
    return Contract(
        contract_id=name,
        product_id=product_id,
        right=right,
        strike_nanos=price("20"),
        underlying_id=underlying_id,
        margin_key=key,
    )


LO, LF = option_product("LO"), option_product("LF", CashStyle.DAILY_VARIATION)
LX = option_product("LX", option=FOR_CASH)
LOC, LOP = option("LOC", "LO", key=CALL_KEY), option("LOP", "LO", OptionRight.PUT, key=PUT_KEY)
LFC = option("LFC", "LF", key=CALL_KEY)
LXC = option("LXC", "LX", underlying_id=None, key=CALL_KEY)
ALL = (LO, LF, LX, LOC, LOP, LFC, LXC)
PERMITTED = (*PRODUCTS, "LO", "LF", "LX")


def use_options(desk, *subs):
    """Define the options, let everybody trade them, put the file in force and mark them."""
    names = [sub_account(name, products=PERMITTED) for name in ("ALPHA", "BETA", "GAMMA")]
    desk.done(define(*ALL, *names, *subs))
    use_span(desk)
    desk.mark(LOC="1.50", LOP="1.10", LFC="1.50", LXC="1.50")


def expire(contract, underlying, source="feed", approved_by=""):
    return ExpireOption(
        contract_id=contract,
        underlying_price_nanos=price(underlying),
        source=source,
        entered_by="feed" if source == "feed" else "ops",
        approved_by=approved_by,
    )


def instruct(sub, exercise=0, abandon=0, contract="LOC", account="C1"):
    return InstructExercise(
        sub_account_id=sub,
        carrying_account_id=account,
        contract_id=contract,
        exercise_lots=exercise,
        abandon_lots=abandon,
        entered_by=sub,
    )


def report(kind, lots, contract="LOC", execution="X1", account="C1", cash="0"):
    return ReportExercise(
        carrying_account_id=account,
        execution_id=execution,
        contract_id=contract,
        kind=ExerciseKind(kind),
        quantity_lots=lots,
        cash_price_nanos=price(cash),
    )
