"""What is generated is in step with the API, whole, and the same for both kinds of desk."""

import inspect
import subprocess
import sys
import typing

import msgspec
import pytest

from fencang.app.client_types.resources_text import resources_files
from fencang.app.client_types.schemas import words_of
from fencang.app.client_types.types_text import types_files
from fencang.app.client_types.written import generated, present_document
from fencang.client import AsyncDesk, Desk, Unexpected
from fencang.client.definitions import definition_of
from fencang.client.methods import Listing, Method, Resource
from fencang.client.resources import Resources
from fencang.client.types import DefinitionForm
from fencang.client.wire import encoded_body
from fencang.gateways.forms.forms import read_body, to_form
from fencang.messages.commands import DefineDesk
from tests.docs.documents import ROOT
from tests.messages.test_golden_records import labelled_samples

CLIENT = ROOT / "src" / "fencang" / "client"
DOCUMENT = present_document()
OPERATIONS = {
    operation["operationId"]: operation
    for path in DOCUMENT["paths"].values()
    for operation in path.values()
}
SAMPLES = labelled_samples()
IMPORT_S_MAX = 0.3


def methods():
    """Return (resource, method, declaration) of everything a desk offers by subject."""
    resources = vars(Resources(None))
    return [
        (name, method, declared)
        for name, resource in resources.items()
        if isinstance(resource, Resource)
        for method, declared in vars(type(resource)).items()
        if isinstance(declared, Method | Listing)
    ]


def test_generated_files_are_in_step_with_the_api():
    """Drift: run `make client-types` and look at what changed."""
    files = generated(DOCUMENT)
    found = {
        f"{kind}/{path.name}": path.read_text(encoding="utf-8")
        for kind in ("types", "resources")
        for path in (CLIENT / kind).glob("*.py")
    }
    assert sorted(found) == sorted(files)
    assert [name for name in files if files[name] != found[name]] == []


def test_a_change_of_the_api_shows():
    changed = changed_document()
    changed["components"]["schemas"]["OrderRow"]["properties"]["colour"] = {"type": "string"}
    assert types_files(changed)["answers.py"] != types_files(DOCUMENT)["answers.py"]


def changed_document():
    return msgspec.json.decode(msgspec.json.encode(DOCUMENT))


def test_a_parameter_in_a_header_becomes_an_argument():
    changed = changed_document()
    changed["paths"]["/v1/definitions"]["post"]["parameters"].append(
        {
            "name": "If-Match",
            "in": "header",
            "required": False,
            "description": "The version it is based on.",
            "schema": {"type": "string"},
        }
    )
    text = resources_files(changed)["definitions.py"]
    assert "if_match: int" in text, "a version, not its spelling in HTTP"
    assert "in_headers={'if_match': 'If-Match'}" in text


def test_what_cannot_be_exact_or_named_is_refused():
    for name, schema, words in [
        ("price", {"type": "number"}, "numbers are exact"),
        ("class", {"type": "string"}, "no name in Python"),
    ]:
        changed = changed_document()
        changed["components"]["schemas"]["OrderRow"]["properties"][name] = schema
        with pytest.raises(ValueError, match=words):
            types_files(changed)


def test_two_operations_of_one_name_are_refused():
    changed = changed_document()
    again = {**changed["paths"]["/v1/orders"]["get"], "operationId": "list_order"}
    changed["paths"]["/v1/orders-again"] = {"get": again}
    with pytest.raises(ValueError, match="two operations would be called list"):
        resources_files(changed)


def test_every_operation_has_its_method():
    asked = {declared.ask.__name__ for _, _, declared in methods()}
    assert asked == set(OPERATIONS)


def test_both_desks_have_the_same_calls_with_the_same_parameters():
    desks = [Desk(), AsyncDesk()]
    for resource, method, _ in methods():
        sync, awaiting = (getattr(getattr(desk, resource), method) for desk in desks)
        assert inspect.signature(sync) == inspect.signature(awaiting)
        assert sync.__doc__ == awaiting.__doc__
        assert "Ask" not in str(inspect.signature(sync))
    own = [
        {name for name in dir(desk) if not name.startswith("_")} - {"from_environment"}
        for desk in desks
    ]
    assert own[0] == own[1]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_method_takes_what_the_operation_takes(name):
    operation = OPERATIONS[name]
    declared = next(each for _, _, each in methods() if each.ask.__name__ == name)
    wanted = {each["name"].lower().replace("-", "_") for each in operation["parameters"]}
    wanted.discard("if_none_match")  # said by if_match=0
    body = operation.get("requestBody")
    if body is not None:
        reference = body["content"]["application/json"]["schema"]["$ref"]
        schema = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
        wanted |= set(schema["properties"])
    taken = set(inspect.signature(declared.ask).parameters)
    if isinstance(declared, Listing):
        wanted, taken = wanted - {"limit"}, taken - {"page_rows"}
    assert taken == wanted
    assert inspect.getdoc(declared.ask).startswith(operation["summary"])


def test_no_price_time_or_amount_is_a_float_anywhere():
    from fencang.client import types

    for name in types.__all__:
        kind = getattr(types, name)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            hints = typing.get_type_hints(kind)
            assert "float" not in str(hints), name


@pytest.mark.parametrize("label", [name for name in SAMPLES if name.startswith("DefineDesk.")])
def test_every_reference_value_passes_through_the_clients_types_unchanged(label):
    """Law: what a desk says of itself can be taken, held as types, and said again as it was."""
    form = msgspec.json.decode(msgspec.json.encode(to_form(SAMPLES[label])))
    held = [
        definition_of(DefinitionForm(kind=item["type"], key="", version=1, item=item))
        for item in form["items"]
    ]
    versions = form["expected_versions"]
    said = encoded_body({"items": held, "expected_versions": versions})
    persons = {name: getattr(SAMPLES[label], name) for name in ("entered_by", "approved_by")}
    assert read_body(DefineDesk, said, persons) == SAMPLES[label]


def test_a_kind_of_a_newer_desk_is_told_from_a_faulty_one():
    form = DefinitionForm(kind="Moon", key="1", version=1, item={"type": "Moon"})
    with pytest.raises(Unexpected, match="Moon 1 is of a newer desk"):
        definition_of(form)


def test_descriptions_speak_the_names_of_the_api():
    assert (
        words_of("``margin_micros_max`` until ``until_ns``")
        == "``margin_max`` until ``until_time``"
    )


def test_importing_the_client_is_quick_and_brings_no_http():
    program = (
        "import sys, time; began = time.perf_counter(); import fencang.client; "
        "print(time.perf_counter() - began, "
        "[name for name in ('httpx', 'nacl', 'litestar', 'numba', 'asyncio') "
        "if name in sys.modules])"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    spent, _, loaded = min(run.stdout.strip().partition(" ") for run in runs)
    assert loaded == "[]"
    assert float(spent) < IMPORT_S_MAX
