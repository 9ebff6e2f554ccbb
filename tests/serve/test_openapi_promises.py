"""The OpenAPI document is kept: every operation, asked what nobody thought of, answers as it says.

schemathesis makes requests that fit the document and requests that do not, and checks every answer:
no fault of the server, only stated statuses, bodies and types as the document has them.
"""

from collections import Counter
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.specs.openapi import stateful
from schemathesis.specs.openapi.checks import ignored_auth

from fencang.gateways.rest.app import OPERATIONS
from fencang.gateways.rest.openapi import document
from fencang.gateways.rest.reference_values import REFERENCE_VALUES
from tests.serve.process import place
from tests.serve.test_envelopes import opened
from tests.serve.test_plans import compute, write

EXAMPLES = 5
EXAMPLES_LONG = 200
WALKS, WALKS_LONG, STEPS = 6, 600, 6
PATIENT = settings(
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

# As a client gets it: JSON, nothing that only Python has.
# What fits the document may still be refused by the desk: 422, with a numbered reason.
ACCEPTANCE = ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "428", "429", "503"]
# What does not fit may be meant for another version besides.
REFUSAL = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428", "429"]
SCHEMA = schemathesis.openapi.from_dict(
    msgspec.json.decode(msgspec.json.encode(document(OPERATIONS))),
    config=schemathesis.Config.from_dict(
        {
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ACCEPTANCE},
                "negative_data_rejection": {"expected-statuses": REFUSAL},
            }
        }
    ),
)
NAMES = [operation.name for operation in OPERATIONS]
"""Every operation: the long tests ask them all."""
FAMILY = [operation.name for operation in REFERENCE_VALUES]
"""Operations of reference values: one handler for fifty types, so a few types stand for all."""
NAMES_SHORT = [
    name
    for name in NAMES
    if name not in FAMILY or name.endswith(("sub_account", "position_limits", "contract", "_key"))
]


class SignedCall(requests.auth.AuthBase):
    """Signs what schemathesis sends: it sends by another library than our tests."""

    def __init__(self, signed):
        self.signed = signed

    def __call__(self, request):
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        headers = [
            (name, value) for name, value in request.headers.items() if name.lower() != "host"
        ]
        host = urlsplit(request.url).netloc
        plain = httpx.Request(
            request.method, request.url, headers=[("host", host), *headers], content=body
        )
        for name, value in self.signed.headers_of(plain):
            request.headers[name] = value
        return request


def leave_signable(case):
    """Every request is signed, so a signature that was made up is not among what is asked."""
    for header in [*case.headers]:
        is_made_up = header.lower() in {"authorization", "signature", "signature-input"}
        if is_made_up or not f"{case.headers[header]}".isprintable():
            del case.headers[header]  # what is covered is printable, or nobody could sign it


def asks(desk, name, mode, examples, *, is_same_every_time):
    operation = SCHEMA.find_operation_by_id(name)

    @settings(PATIENT, max_examples=examples, derandomize=is_same_every_time)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        leave_signable(case)
        case.call_and_validate(
            base_url=desk.url, auth=SignedCall(desk.auth), excluded_checks=[ignored_auth]
        )

    ask()


@pytest.mark.parametrize("name", NAMES_SHORT)
def test_every_operation_answers_as_it_says(desk, name):
    asks(desk, name, GenerationMode.POSITIVE, EXAMPLES, is_same_every_time=True)


@pytest.mark.parametrize("name", NAMES_SHORT)
def test_every_operation_refuses_as_it_says(desk, name):
    asks(desk, name, GenerationMode.NEGATIVE, EXAMPLES, is_same_every_time=True)


LINKED = {name for operation in OPERATIONS for name, _, _ in operation.links}
"""Operations that a link leads to."""


def walks(schema, desk, examples, *, is_same_every_time):
    """Follow the links of the document from answer to request, and check every answer.

    A walk begins wherever a link does: by itself schemathesis begins at no operation that takes an
    identifier which no answer gives, such as that of an owner.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stateful, "is_likely_root_transition", lambda *_: True)
        machine = schema.as_state_machine()

    class Walk(machine):
        def get_call_kwargs(self, case):
            leave_signable(case)
            return {"auth": SignedCall(desk.auth), "base_url": desk.url}

        def validate_response(self, response, case, **more):
            followed[case.operation.definition.raw["operationId"]] += 1
            excluded = [*more.pop("excluded_checks", []), ignored_auth]
            case.validate_response(response, excluded_checks=excluded)

    followed = Counter()
    run_state_machine_as_test(
        Walk,
        settings=settings(
            PATIENT,
            max_examples=examples,
            stateful_step_count=STEPS,
            derandomize=is_same_every_time,
        ),
    )
    return followed


def test_the_links_of_the_document_lead_on(desk):
    assert walks(SCHEMA, desk, WALKS, is_same_every_time=True)


def test_every_link_leads_from_a_value_of_an_answer_to_what_is_there(desk, client):
    """But those to drafts: a desk of one operator has none."""
    answers = {
        "submit_order": place(desk, client).json(),
        "propose_plan": write(desk, client, "/plans", compute(client)["proposal"]).json(),
        "open_envelope": {"events": [{"envelope_id": opened(desk, client, "ALPHA")}]},
    }
    by_name, asked = {operation.name: operation for operation in OPERATIONS}, set()
    links = [(each, *link) for each in OPERATIONS for link in each.links]
    for operation, name, parameter, at in links:
        target = by_name[name]
        assert parameter in {each.name for each in target.parameters if each.is_in_path}
        if operation.tag == "drafts":
            continue
        value = answers.get(operation.name) or client.get(operation.path).json()
        for step in at.split("/")[1:]:
            value = value[int(step) if step.isdecimal() else step]
        path = target.path.replace(f"{{{parameter}}}", f"{value}")
        if target.method == "GET":
            assert client.get(path).status_code == 200, path
        else:
            headers = {"Idempotency-Key": desk.name()}
            response = client.request(target.method, path, json={}, headers=headers)
            assert response.status_code not in {404, 405}, path
        asked.add(name)
    assert asked == LINKED - {"approve_draft", "reject_draft"}


@pytest.mark.long
def test_the_links_of_the_document_lead_on_many_times(desk, client):
    """From lists with an order and a plan in them, among the operations that links connect."""
    assert place(desk, client).status_code == 201
    proposed = write(desk, client, "/plans", compute(client)["proposal"])
    assert proposed.status_code == 200, proposed.text
    linking = {operation.name for operation in OPERATIONS if operation.links}
    schema = SCHEMA.include(operation_id=sorted(LINKED | linking))
    followed = walks(schema, desk, WALKS_LONG, is_same_every_time=False)
    # No list says which envelopes are open here, and one that a walk makes up is not opened.
    assert followed.keys() >= LINKED - {"close_envelope"}


@pytest.mark.long
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("name", NAMES)
def test_every_operation_answers_as_it_says_many_times(desk, name, mode):
    asks(desk, name, mode, EXAMPLES_LONG, is_same_every_time=False)
