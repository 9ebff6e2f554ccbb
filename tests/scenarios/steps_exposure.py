"""Sentences of exposure: its limits, betas, margin buffers, and what a level is worth."""

from pytest_bdd import step, then

from fencang.basics.money import format_money
from fencang.messages.exposure_commands import BetaMark, ReportBetas
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.margin_buffer import MarginBuffer
from tests.engine.exposure_firm import NO_BUFFER, WIDE_EXPOSURE
from tests.engine.firm import define
from tests.scenarios.phrases import lots, money, percent, phrase, rows
from tests.scenarios.steps_desk import fields

LIMIT = {
    "gross": ("gross_micros_max", money),
    "net": ("net_micros_max", money),
    "beta": ("beta_micros_max", money),
    "largest share": ("share_ppm_max", percent),
    "ticks at least": ("floor_ticks", lots),
    "of": ("scope_id", str),
}
BUFFER = {"share": ("buffer_ppm", percent), "amount": ("buffer_micros", money)}


@step(phrase("these limits of exposure in USD, everything else being free:"))
def limits_of_exposure(office, datatable):
    """The master account's row lets all through; an unknown beta counts 1.5."""
    found = rows(datatable, "level", optional=sorted(LIMIT))
    made = [ExposureLimit(node_id=row["level"], **fields(row, LIMIT)) for row in found]
    office.do(define(WIDE_EXPOSURE, *made))


@step(phrase("these margin buffers in USD:"))
def margin_buffers(office, datatable):
    found = rows(datatable, "level", optional=sorted(BUFFER))
    made = [MarginBuffer(node_id=row["level"], **fields(row, BUFFER)) for row in found]
    office.do(define(NO_BUFFER, *made))


@step(phrase("these betas to SPX as of now:"))
def betas(office, datatable):
    found = rows(datatable, "of", "beta")
    office.do(
        ReportBetas(
            index_id="SPX",
            as_of_ns=office.desk.now_ns,
            source="desk",
            betas=tuple(BetaMark(row["of"], money(row["beta"])) for row in found),
        )
    )


@then(phrase("the exposures in USD are:"))
def exposures(office, datatable):
    """Gross, worst long and worst short, as the row of everything (or of ``of``) counts them."""
    for row in rows(datatable, "level", "of", "gross", "long", "short"):
        known = office.state.risk.exposures.rows[row["level"], row["of"]].sums
        found = {
            name: format_money(
                sum(
                    office.state.rates.value(currency, getattr(each, name))
                    for currency, each in known.items()
                )
            )
            for name in ("gross", "long", "short")
        }
        assert found == {name: row[name].replace(",", "") for name in found}, row
