"""Sentences of substitution: limits, moves of markets, substitutes, what was sent instead."""

from pytest_bdd import step, then

from fencang.messages.events import OrderAccepted
from fencang.messages.substitution_commands import Correlation, Deviation, ReportMoves
from fencang.messages.substitution_events import OrderReduced
from fencang.refdata.substitute import Substitute, SubstituteMode
from tests.engine.firm import define
from tests.scenarios.phrases import DEALS, lots, percent, phrase, price, rows


@step(phrase("these daily moves, as of now:"))
def daily_moves(office, datatable):
    found = rows(datatable, "market", "points")
    _report(
        office, deviations=tuple(Deviation(row["market"], price(row["points"])) for row in found)
    )


@step(phrase("these correlations, as of now:"))
def correlations(office, datatable):
    found = rows(datatable, "market", "other", "correlation")
    _report(
        office,
        correlations=tuple(
            Correlation(row["market"], row["other"], percent(row["correlation"])) for row in found
        ),
    )


def _report(office, **fields):
    office.do(ReportMoves(source="model", as_of_ns=office.desk.now_ns, **fields))


@step(phrase("these substitutes:"))
def substitutes(office, datatable):
    columns = ("name", "of", "market", "book", "contract", "mode", "correlation", "cap")
    for row in rows(datatable, *columns):
        office.do(
            define(
                Substitute(
                    substitute_id=row["name"],
                    node_id=row["of"],
                    scope_id=row["market"],
                    to_sub_account_id=row["book"],
                    to_contract_id=row["contract"],
                    mode=SubstituteMode(row["mode"]),
                    correlation_ppm=percent(row["correlation"]),
                    cap_lots=lots(row["cap"]),
                )
            )
        )


@then(phrase("{kept:Lots} of {asked:Lots} lots are kept, because of {number:Lots}, {words:Reason}"))
def kept_lots(office, kept, asked, number, words):
    (found,) = [each for each in office.kept["sent"] if isinstance(each, OrderReduced)]
    assert (found.kept_lots, found.asked_lots) == (kept, asked)
    assert (int(found.reason), found.reason.words) == (number, words)


@then(phrase("these orders are sent:"))
def orders_sent(office, datatable):
    wanted = [
        (row["who"], DEALS[row["deal"]], lots(row["lots"]), row["contract"])
        for row in rows(datatable, "who", "deal", "lots", "contract")
    ]
    found = [
        (
            each.sub_account_id,
            each.terms.side,
            each.terms.quantity_lots,
            each.terms.contract_id,
        )
        for each in office.kept["sent"]
        if isinstance(each, OrderAccepted)
    ]
    assert found == wanted
