"""Sentences of files that are refused: every fault is told with its place, nothing is taken in."""

from pytest_bdd import step, then

from fencang.projections.reference import Reference
from fencang.reports.reconciliation.mapping import read_map
from fencang.reports.reconciliation.reading import read_statement
from fencang.reports.reconciliation.statement import StatementFault
from tests.engine.reconciliation_acts import report as reported
from tests.scenarios.phrases import phrase, rows

FILE, MAP = "broker.csv", "map.toml"


@step(phrase("the broker's files are read with this map:"))
def map_of_files(office, docstring):
    office.kept[MAP] = docstring


def _read(office, account, of_day, payload):
    """Read a file as the statement of a day; its faults wait to be spoken of."""
    office.require_no_refusal()
    reference = Reference()
    for record in office.desk.records:
        reference.apply(record)
    before = office.desk.machine.state_hash()
    try:
        office.found = read_statement(
            {FILE: payload},
            FILE,
            read_map(office.kept[MAP], MAP),
            account=account,
            contracts=reference.contracts,
            asked_day=of_day,
        )
    except StatementFault as fault:
        office.faults = [str(each) for each in fault.faults]
    assert office.desk.machine.state_hash() == before


@step(phrase("this file comes as the broker's statement of {account:Name} of {of_day:Day}:"))
def file_comes(office, account, of_day, docstring):
    _read(office, account, of_day, f"{docstring}\n".encode())


@step(
    phrase(
        "this file comes as the broker's statement of {account:Name} of {of_day:Day}, "
        "with line {number:Lots} in {other:Name}:"
    )
)
def file_of_two_encodings(office, account, of_day, number, other, docstring):
    """All lines are in utf-8 but one, as when a file was put together from two."""
    lines = docstring.split("\n")
    encoded = [
        line.encode(other if place == number else "utf-8") for place, line in enumerate(lines, 1)
    ]
    _read(office, account, of_day, b"\n".join(encoded) + b"\n")


@then(phrase("this file is refused, nothing of it was taken in, and told is:"))
def file_refused(office, datatable):
    faults, office.faults = office.faults, None
    assert faults is not None, "the file was read"
    assert faults == [row["fault"] for row in rows(datatable, "fault")]


@step(phrase("a comparison with the broker's statement of {account:Name} of {of_day:Day} comes"))
def comparison_comes(office, account, of_day):
    office.do(reported(account=account, day=of_day, at_sequence=office.desk.machine.sequence))
