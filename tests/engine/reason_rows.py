"""One scenario for every reason a command other than a new order can be refused for.

A row is: its name, what happened before on a trading desk, the command, the reason.  Rows stand in
the order of the numbers.  A setup may return a value that the command needs.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from fencang.messages import commands as cmd
from fencang.messages.commands import PriceMark, RateMark
from fencang.messages.reasons import Reason
from tests.engine.acts import (
    after,
    apply,
    approve,
    approved,
    block_slice,
    cancel,
    crowded_pool,
    expired,
    gigantic,
    halt,
    held_by_client,
    line,
    lose_all,
    opening,
    opening_cash,
    opening_lots,
    partly_filled,
    plan,
    proposed,
    replace,
    resume,
    stray_fill,
    works,
)
from tests.engine.cancel_acts import MASS_CANCEL_ROWS
from tests.engine.connection_acts import CONNECTION_ROWS
from tests.engine.day_rows import DAY_ROWS
from tests.engine.desk import (
    BUY,
    assign,
    convert,
    deposit,
    marks,
    settlement,
    stray,
    transfer,
    withdraw,
)
from tests.engine.envelope_rows import ENVELOPE_ROWS
from tests.engine.exposure_firm import betas
from tests.engine.firm import (
    CL,
    DAY,
    MONDAY,
    SATURDAY,
    TUESDAY,
    VENUES,
    changed,
    define,
    limit,
    money,
    price,
    sub_account,
)
from tests.engine.life_rows import LIFE_ROWS
from tests.engine.loss_firm import LOSS_ROWS
from tests.engine.money_rows import MONEY_ROWS, ONE_PERSON_ROWS, SAME_PERSON_ROWS
from tests.engine.option_rows import OPTION_ROWS
from tests.engine.reconciliation_acts import RECONCILIATION_ROWS
from tests.engine.span_firm import (
    DEARER,
    UNKNOWN,
    activate,
    arrays,
    collateral,
    grant,
    load,
    use_span,
)
from tests.engine.tier_firm import call_off, waiting


class Row(NamedTuple):
    """One way to be refused."""

    name: str
    setup: Callable[..., Any] | None
    command: Callable[[Any], Any]
    reason: Reason


def fixed(command):
    """Return a command that needs nothing of what happened before."""

    def given(_found):
        return command

    return given


CLOSED = cmd.CloseSession(venue_id="NYMEX")
ROWS = (
    Row(
        "withdrawal alone",
        None,
        fixed(withdraw("1", approved_by="")),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    Row(
        "arrays alone",
        use_span,
        fixed(arrays(3000, "CLM0", approved_by="")),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    Row("grant alone", None, fixed(grant("ALPHA", 1, "")), Reason.SECOND_PERSON_REQUIRED),
    Row("collateral alone", None, fixed(collateral(1, 0, "X", "")), Reason.SECOND_PERSON_REQUIRED),
    Row("resume alone", halt, fixed(resume()), Reason.SECOND_PERSON_REQUIRED),
    Row(
        "conversion alone",
        None,
        fixed(convert("ALPHA", "1 USD", "1 EUR", approved_by="")),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    Row(
        "suspense alone",
        stray_fill,
        lambda x: assign(x, "ALPHA", 1, approved_by=""),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    Row("opening book alone", None, fixed(opening(approved_by="")), Reason.SECOND_PERSON_REQUIRED),
    Row(
        "manual settlement",
        None,
        fixed(settlement(source="manual", CLM0="20")),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    Row(
        "manual mark",
        None,
        fixed(cmd.MarkPrices(source="manual", marks=marks({"CLM0": "20"}))),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    Row(
        "manual rate",
        None,
        fixed(cmd.MarkRates(source="manual", rates=(RateMark("EUR", price("1.2")),))),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    Row(
        "manual final price",
        None,
        fixed(cmd.ExpireContract(contract_id="CLM0", final_price_nanos=0, source="manual")),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    Row(
        "loosening alone",
        None,
        fixed(define(limit("MASTER", "*", 2000), approved_by="")),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    *(Row(*each) for each in (*ONE_PERSON_ROWS, *SAME_PERSON_ROWS)),
    Row(
        "withdrawal by the same",
        None,
        fixed(withdraw("1", approved_by="ops")),
        Reason.SECOND_PERSON_IS_THE_FIRST,
    ),
    Row(
        "plan approved by its proposer",
        proposed(line("ALPHA", "1", "2")),
        lambda plan_id: approve(plan_id, by="planner"),
        Reason.SECOND_PERSON_IS_THE_FIRST,
    ),
    Row(
        "venue",
        None,
        fixed(cmd.OpenSession(venue_id="CBOT", trading_day=MONDAY)),
        Reason.UNKNOWN_REFERENCE,
    ),
    Row("venue to close", None, fixed(cmd.CloseSession(venue_id="CBOT")), Reason.UNKNOWN_REFERENCE),
    Row("venue to settle", None, fixed(settlement(venue="CBOT")), Reason.UNKNOWN_REFERENCE),
    Row(
        "node",
        None,
        fixed(cmd.SetTradingState(node_id="X", trading_state=2, reason="", entered_by="risk")),
        Reason.UNKNOWN_REFERENCE,
    ),
    *(Row(name, before, fixed(act), why) for name, before, act, why in MASS_CANCEL_ROWS),
    Row("owner", None, fixed(deposit("1", owner="NOBODY")), Reason.UNKNOWN_REFERENCE),
    Row(
        "rate of the base currency",
        None,
        fixed(cmd.MarkRates(source="bank", rates=(RateMark("USD", price("1")),))),
        Reason.UNKNOWN_REFERENCE,
    ),
    Row(
        "definition with faults",
        None,
        fixed(define(sub_account("NEW", owner="NOBODY"))),
        Reason.FAULTY_DEFINITION,
    ),
    Row(
        "opening book with faults",
        None,
        fixed(opening(lots=(opening_lots(sub="NOBODY"),))),
        Reason.FAULTY_DEFINITION,
    ),
    Row(
        "definition in use",
        None,
        fixed(define(changed(CL, point_value_micros=money("500")))),
        Reason.DEFINITION_IN_USE,
    ),
    Row(
        "deposit of a stranger",
        None,
        fixed(deposit("1", owner="CLIENT")),
        Reason.OWNER_NEEDS_OMNIBUS,
    ),
    Row(
        "definition of another version",
        None,
        fixed(changed(define(CL), expected_versions=(0,))),
        Reason.DEFINITION_CHANGED,
    ),
    *(Row(*row) for row in CONNECTION_ROWS),
    Row("transfer", None, fixed(transfer(None, "NOBODY", "1")), Reason.UNKNOWN_SUB_ACCOUNT),
    Row(
        "book to convert",
        None,
        fixed(convert("NOBODY", "1 USD", "1 EUR")),
        Reason.UNKNOWN_SUB_ACCOUNT,
    ),
    Row("assignment", stray_fill, lambda x: assign(x, "NOBODY", 1), Reason.UNKNOWN_SUB_ACCOUNT),
    Row("plan line", None, fixed(plan(line("NOBODY", "1", "2"))), Reason.UNKNOWN_SUB_ACCOUNT),
    Row("deposit", None, fixed(deposit("1", account="C9")), Reason.UNKNOWN_CARRYING_ACCOUNT),
    Row(
        "mark",
        None,
        fixed(cmd.MarkPrices(source="feed", marks=(PriceMark("XX", 0),))),
        Reason.UNKNOWN_CONTRACT,
    ),
    Row(
        "settlement of another venue's contract",
        None,
        fixed(settlement(FDAX="10000")),
        Reason.UNKNOWN_CONTRACT,
    ),
    Row(
        "expiry",
        None,
        fixed(cmd.ExpireContract(contract_id="XX", final_price_nanos=0, source="feed")),
        Reason.UNKNOWN_CONTRACT,
    ),
    Row(
        "deposit without a rate",
        None,
        fixed(deposit("1", currency="SEK")),
        Reason.UNKNOWN_CURRENCY_RATE,
    ),
    Row(
        "conversion without a rate",
        None,
        fixed(convert("ALPHA", "1 USD", "9 SEK")),
        Reason.UNKNOWN_CURRENCY_RATE,
    ),
    Row(
        "capital over owners",
        held_by_client,
        fixed(transfer("ALPHA", "CLIENT1", "1")),
        Reason.OWNERS_DIFFER,
    ),
    Row("plan over owners", None, fixed(plan(line("CLIENT1", "1", "2"))), Reason.OWNERS_DIFFER),
    Row(
        "suspense over owners",
        lambda desk: stray(desk, BUY, 4, "20", account="OMNI"),
        lambda x: assign(x, "CLIENT1", 1, account="OMNI"),
        Reason.OWNERS_DIFFER,
    ),
    Row(
        "reserve", None, fixed(transfer(None, "ALPHA", "7000000.000001")), Reason.RESERVE_TOO_SMALL
    ),
    Row(
        "reserve for a plan",
        approved(line("ALPHA", "1", "7000002")),
        apply,
        Reason.RESERVE_TOO_SMALL,
    ),
    Row(
        "capital", None, fixed(transfer("ALPHA", None, "1000000.000001")), Reason.CAPITAL_TOO_SMALL
    ),
    Row(
        "reserve that covers losses",
        lambda desk: (desk.trade("ALPHA", BUY, 400, "20"), desk.mark(CLM0="12.50")),
        fixed(withdraw("5000000.000001")),
        Reason.GRANTS_EXCEED_EQUITY,
    ),
    Row("one book", None, fixed(transfer("ALPHA", "ALPHA", "1")), Reason.SAME_BOOK),
    Row("one currency", None, fixed(convert("ALPHA", "1 USD", "1 USD")), Reason.SAME_BOOK),
    Row("withdrawal", None, fixed(withdraw("7000000.000001")), Reason.CASH_TOO_SMALL),
    Row(
        "conversion",
        None,
        fixed(convert("ALPHA", "10000000.000001 USD", "1 EUR")),
        Reason.CASH_TOO_SMALL,
    ),
    Row(
        "lots",
        None,
        fixed(opening(lots=(opening_lots(),), lots_total=6)),
        Reason.CONTROL_TOTAL_DIFFERS,
    ),
    Row(
        "cash",
        None,
        fixed(opening(cash=(opening_cash("ALPHA", "5"),), cash_totals=(("USD", money("4")),))),
        Reason.CONTROL_TOTAL_DIFFERS,
    ),
    Row(
        "mark off tick",
        None,
        fixed(cmd.MarkPrices(source="feed", marks=marks({"CLM0": "20.001"}))),
        Reason.PRICE_OFF_TICK,
    ),
    Row(
        "mark not positive",
        None,
        fixed(cmd.MarkPrices(source="feed", marks=marks({"ESM0": "0"}))),
        Reason.PRICE_NOT_POSITIVE,
    ),
    Row(
        "saturday",
        lambda desk: desk.done(CLOSED),
        fixed(cmd.OpenSession(venue_id="NYMEX", trading_day=SATURDAY)),
        Reason.WRONG_TRADING_DAY,
    ),
    Row(
        "holiday",
        lambda desk: (
            desk.done(define(changed(VENUES[0], holidays=(TUESDAY,)))),
            desk.done(CLOSED),
        ),
        fixed(cmd.OpenSession(venue_id="NYMEX", trading_day=TUESDAY)),
        Reason.WRONG_TRADING_DAY,
    ),
    Row(
        "day that is past",
        lambda desk: desk.done(CLOSED),
        fixed(cmd.OpenSession(venue_id="NYMEX", trading_day=date(2020, 4, 17))),
        Reason.WRONG_TRADING_DAY,
    ),
    Row(
        "day that is settled",
        lambda desk: (desk.settle(), desk.done(CLOSED)),
        fixed(cmd.OpenSession(venue_id="NYMEX", trading_day=MONDAY)),
        Reason.WRONG_TRADING_DAY,
    ),
    Row("settlement of another day", None, fixed(settlement(TUESDAY)), Reason.WRONG_TRADING_DAY),
    Row(
        "expiry twice",
        expired,
        fixed(cmd.ExpireContract(contract_id="CLM0", final_price_nanos=0, source="feed")),
        Reason.CONTRACT_EXPIRED,
    ),
    Row(
        "assignment of nothing", None, fixed(assign("x", "ALPHA", 1)), Reason.SUSPENSE_ITEM_UNKNOWN
    ),
    Row(
        "assignment of too much",
        stray_fill,
        lambda x: assign(x, "ALPHA", 5),
        Reason.SUSPENSE_LOTS_TOO_FEW,
    ),
    Row("variation", gigantic, fixed(settlement(BIG1="10000000")), Reason.VALUE_OUT_OF_RANGE),
    Row(
        "deposit beyond what is kept exact",
        None,
        fixed(deposit("4611686018427.387904")),
        Reason.VALUE_OUT_OF_RANGE,
    ),
    Row(
        "fill beyond what is kept exact",
        gigantic,
        fixed(
            cmd.ReportFill(
                carrying_account_id="C1",
                execution_id="giant",
                order_id=None,
                contract_id="BIG1",
                side=BUY,
                quantity_lots=1,
                price_nanos=price("10000000"),
            )
        ),
        Reason.VALUE_OUT_OF_RANGE,
    ),
    Row(
        "final variation",
        gigantic,
        fixed(
            cmd.ExpireContract(
                contract_id="BIG1", final_price_nanos=price("10000000"), source="feed"
            )
        ),
        Reason.VALUE_OUT_OF_RANGE,
    ),
    Row(
        "day settled twice",
        lambda desk: desk.settle(CLM0="20"),
        fixed(settlement(CLM0="20")),
        Reason.ALREADY_SETTLED,
    ),
    Row(
        "contract settled twice",
        None,
        fixed(
            cmd.SettleTradingDay(
                venue_id="NYMEX",
                trading_day=MONDAY,
                source="feed",
                prices=(PriceMark("CLM0", 0), PriceMark("CLM0", 0)),
            )
        ),
        Reason.ALREADY_SETTLED,
    ),
    Row(
        "open twice",
        None,
        fixed(cmd.OpenSession(venue_id="NYMEX", trading_day=MONDAY)),
        Reason.SESSION_STATE,
    ),
    Row("closed twice", lambda desk: desk.done(CLOSED), fixed(CLOSED), Reason.SESSION_STATE),
    *(Row(*each) for each in MONEY_ROWS),
    Row(
        "assignment without a route",
        lambda desk: stray(desk, BUY, 4, "20", account="OMNI"),
        lambda x: assign(x, "ALPHA", 1, account="OMNI"),
        Reason.NO_ROUTE,
    ),
    Row(
        "withdrawal that margin needs", crowded_pool, fixed(withdraw("2000000")), Reason.MARGIN_POOL
    ),
    *(Row(*each) for each in ENVELOPE_ROWS),
    Row("cancel", None, fixed(cancel(77)), Reason.UNKNOWN_ORDER),
    Row(
        "report",
        None,
        fixed(cmd.ReportOrderWorking(order_id=77, venue_order_id="V")),
        Reason.UNKNOWN_ORDER,
    ),
    Row(
        "done order",
        after(works(), lambda i: cmd.ReportOrderExpired(order_id=i)),
        cancel,
        Reason.ORDER_NOT_WORKING,
    ),
    Row(
        "answer to no cancel",
        works(),
        lambda i: cmd.ReportCancelRejected(order_id=i, text=""),
        Reason.ORDER_NOT_WORKING,
    ),
    Row(
        "answer to no replace",
        works(),
        lambda i: cmd.ReportReplaceRejected(order_id=i, text=""),
        Reason.ORDER_NOT_WORKING,
    ),
    Row(
        "answer to no doubt",
        works(),
        lambda i: cmd.ReportOrderStatus(order_id=i, known=True),
        Reason.ORDER_NOT_WORKING,
    ),
    Row("cancel twice", after(works(), cancel), cancel, Reason.CANCEL_PENDING),
    Row(
        "replace over cancel",
        after(works(), cancel),
        lambda i: replace(i, 5),
        Reason.CANCEL_PENDING,
    ),
    Row(
        "replace twice",
        after(works(), lambda i: replace(i, 5)),
        lambda i: replace(i, 4),
        Reason.REPLACE_PENDING,
    ),
    Row(
        "replace in doubt",
        after(lambda desk: desk.accepted("ALPHA", BUY, 5, at="20"), fixed(cmd.RestartDesk())),
        lambda i: replace(i, 4),
        Reason.REPLACE_PENDING,
    ),
    Row(
        "replace below filled", partly_filled, lambda i: replace(i, 4), Reason.REPLACE_BELOW_FILLED
    ),
    Row(
        "order of another",
        works(),
        lambda i: cancel(i, sub="BETA"),
        Reason.ORDER_OF_ANOTHER_ACCOUNT,
    ),
    Row("slice of a block", block_slice, cancel, Reason.BLOCK_ORDER_IS_THE_DESKS),
    Row("plan", None, fixed(approve(77)), Reason.PLAN_UNKNOWN),
    Row("apply before approval", proposed(line("ALPHA", "1", "2")), apply, Reason.PLAN_STATE),
    Row("approve twice", approved(line("ALPHA", "1", "2")), approve, Reason.PLAN_STATE),
    Row("negative capital", None, fixed(plan(line("ALPHA", "1", "-1"))), Reason.PLAN_UNBALANCED),
    Row(
        "old plan",
        lambda desk: (
            approved(line("ALPHA", "1", "2"))(desk),
            desk.done(cmd.AdvanceTime(), after_ns=4 * DAY),
        )[0],
        apply,
        Reason.PLAN_TOO_OLD,
    ),
    Row(
        "capital lost meanwhile",
        lambda desk: (
            approved(line("ALPHA", "1000000", "100000"))(desk),
            desk.done(transfer("ALPHA", None, "200000")),
        )[0],
        apply,
        Reason.PLAN_CAPITAL_CHANGED,
    ),
    Row(
        "plan of the future",
        None,
        fixed(plan(line("ALPHA", "1", "2"), at_sequence=999)),
        Reason.PLAN_SEQUENCE_AHEAD,
    ),
    Row(
        "line twice",
        None,
        fixed(plan(line("ALPHA", "1", "2"), line("ALPHA", "1", "2"))),
        Reason.PLAN_LINE_TWICE,
    ),
    Row(
        "plan while over-granted",
        lose_all,
        fixed(plan(line("GAMMA", "1", "2"))),
        Reason.PLAN_FROZEN_OVER_GRANTED,
    ),
    *(Row(*each) for each in LOSS_ROWS),
    Row("file of another house", None, fixed(load(house="LCH")), Reason.CLEARING_HOUSE_UNKNOWN),
    Row("file that nobody stored", None, fixed(load(UNKNOWN)), Reason.PARAMETERS_MISSING),
    Row("file not loaded", None, fixed(activate()), Reason.PARAMETERS_NOT_LOADED),
    Row("arrays without a file", None, fixed(arrays(3000, "CLM0")), Reason.PARAMETERS_NOT_LOADED),
    Row(
        "arrays of another file",
        use_span,
        fixed(arrays(3000, "CLM0", sha256=DEARER)),
        Reason.PARAMETERS_DIFFER,
    ),
    Row("array twice", use_span, fixed(arrays(3000, "CLM0", "CLM0")), Reason.RISK_ARRAYS_FAULTY),
    Row(
        "array too short",
        use_span,
        fixed(arrays(0, "CLM0", values=(1, 2))),
        Reason.RISK_ARRAYS_FAULTY,
    ),
    Row("benefit that is not there", use_span, fixed(grant("ALPHA", 1)), Reason.BENEFIT_TOO_LARGE),
    Row("beta of nothing", None, fixed(betas(0, XX=1000000)), Reason.BETAS_FAULTY),
    *(Row(*row) for row in DAY_ROWS),
    *(Row(*each) for each in OPTION_ROWS),
    *(Row(*each) for each in LIFE_ROWS),
    *(Row(name, before, fixed(act), why) for name, before, act, why in RECONCILIATION_ROWS),
    Row("nothing waits", None, fixed(call_off(7)), Reason.INSTRUCTION_UNKNOWN),
    Row(
        "another's instruction",
        waiting,
        lambda number: call_off(number, "BETA"),
        Reason.INSTRUCTION_OF_ANOTHER_ACCOUNT,
    ),
    Row(
        "cursor back",
        lambda desk: desk.done(cmd.AdvanceGatewayCursor(gateway_id="G", handled_sequence=5)),
        fixed(cmd.AdvanceGatewayCursor(gateway_id="G", handled_sequence=4)),
        Reason.CURSOR_BACKWARDS,
    ),
    Row(
        "cursor ahead",
        None,
        fixed(cmd.AdvanceGatewayCursor(gateway_id="G", handled_sequence=999)),
        Reason.CURSOR_BACKWARDS,
    ),
)
