"""A desk and a broker for every scenario, and the sentences that scenarios are made of.

pytest-bdd keeps a sentence as a fixture in the module that defines it; here they are gathered, so
that every scenario can use all of them.
"""

from importlib import import_module

import pytest
from pytest_bdd.steps import StepNamePrefix

from tests.scenarios.broker import Broker
from tests.scenarios.office import Office

STEP_MODULES = (
    "steps_backfill",
    "steps_books",
    "steps_day",
    "steps_desk",
    "steps_exposure",
    "steps_fees",
    "steps_files",
    "steps_fills",
    "steps_life",
    "steps_limits",
    "steps_money",
    "steps_options",
    "steps_orders",
    "steps_losses",  # says what orders do, so after them
    "steps_envelopes",
    "steps_reconciliation",
    "steps_regimes",
    "steps_self_match",
    "steps_statements",
    "steps_stopping",
    "steps_controls",
    "steps_substitution",
    "steps_tiers",
    "steps_flow",  # sends orders in the words of steps_orders
)

for _module in STEP_MODULES:
    _path = f"tests.scenarios.{_module}"
    pytest.register_assert_rewrite(_path)  # a sentence that fails shows what was found
    for _name, _step in vars(import_module(_path)).items():
        if _name.startswith(StepNamePrefix.step_def.value):
            assert _name not in globals(), f"two modules define the sentence {_name}"
            globals()[_name] = _step


def pytest_bdd_before_step(request, step):
    """A refusal is spoken of in the sentence that follows it."""
    if not step.name.startswith(("this is refused", "this file is refused")):
        request.getfixturevalue("office").require_no_refusal()


@pytest.fixture
def office():
    """A back office whose last refusal, if it had one, must have been spoken of."""
    found = Office()
    yield found
    found.require_no_refusal()


@pytest.fixture
def broker():
    """A broker that makes no slips until the scenario says so."""
    return Broker()
