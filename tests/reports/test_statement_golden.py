"""Statements are kept for ever: the bytes of a day that was told once, read from files.

A difference means that past statements would come out otherwise.  If that is meant, raise
``FORM_VERSION``; ``python -m tests.reports.test_statement_golden`` writes files that are missing.
"""

from pathlib import Path

import pytest

from fencang.reports.statement.as_csv import render_csv
from fencang.reports.statement.as_html import render_html
from fencang.reports.statement.as_json import render_json
from fencang.reports.statement.layout import lay_out
from fencang.reports.statement.values import Scope
from fencang.reports.statement.words import Language
from tests.engine.firm import MONDAY, TUESDAY
from tests.reports.hand_desk import hand_desk
from tests.reports.option_hand_desk import option_hand_desk
from tests.reports.statement_desk import days_of, statement_of

FOLDER = Path(__file__).parent / "golden"
ACCOUNTS = (("ALPHA", Scope.BOOK), ("@pool:FUND", Scope.OWNER))


def papers():
    """Return the bytes of every form by file name."""
    days = days_of(hand_desk().records, (TUESDAY, TUESDAY))
    made = [(account, statement_of(days, account, scope)) for account, scope in ACCOUNTS]
    days = days_of(option_hand_desk().records, (MONDAY, TUESDAY))
    made.append(("options-ALPHA", statement_of(days, "ALPHA")))
    made.append(("options-BETA", statement_of(days[:1], "BETA")))
    found = {}
    for account, statement in made:
        name = account.replace("@pool:", "pool-")
        found[f"{name}.json"] = render_json(statement)
        found[f"{name}.csv"] = render_csv(statement).encode()
        for language in Language:
            page = render_html(lay_out(statement, language))
            found[f"{name}.{language}.html"] = page.encode()
    return found


@pytest.fixture(scope="module")
def told():
    return papers()


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_a_day_that_was_told_is_told_again(told, name):
    assert told[name] == (FOLDER / name).read_bytes()


def test_every_form_has_its_file(told):
    assert sorted(told) == sorted(path.name for path in FOLDER.iterdir())


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in papers().items():
        if not (FOLDER / name).exists():
            (FOLDER / name).write_bytes(content)
