"""Reference values by kind: typed rows, versions, changes of which one wins, what is whose.

A change names the version that it was made for; the desk compares where it decides.
"""

import hashlib
import threading
import time

import httpx
import pytest

from fencang.signing.keys import PrivateKey
from tests.serve.process import Signed, eventually
from tests.serve.test_keys_of_a_desk import define, key_of

RACERS = 8
DAY_S = 86_400


def put(desk, client, path, item, name=None, **headers):
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    named["Idempotency-Key"] = name or desk.name()
    return client.put(path, json={"item": item}, headers=named)


def ways(node="ALPHA", lots=100):
    return {"node_id": node, "scope_id": "*", "long_lots_max": lots, "short_lots_max": lots}


@pytest.fixture
def row(desk, client):
    """Return a fresh position limit as it is stated, and its path."""
    node = "ALPHA"
    define(desk, client, {"type": "PositionLimit", **ways(node)})
    path = f"/position-limits/{node}%7C*"
    return path, client.get(path).json()


def test_rows_are_typed_and_their_version_is_the_etag(client):
    page = client.get("/sub-accounts").json()
    assert {each["key"] for each in page["rows"]} >= {"ALPHA", "BETA"}
    found = client.get("/sub-accounts/ALPHA")
    assert found.headers["etag"] == f'"{found.json()["version"]}"'
    assert found.json()["item"]["sub_account_id"] == "ALPHA"
    assert found.json() in page["rows"]
    known = {"If-None-Match": found.headers["etag"]}
    assert client.get("/sub-accounts/ALPHA", headers=known).status_code == 304


def test_every_value_of_the_one_list_is_in_the_list_of_its_kind(client):
    from fencang.gateways.rest.reference_kinds import KIND_OF

    rows = client.get("/definitions", params={"limit": 1000}).json()["rows"]
    for kind in {each["kind"] for each in rows}:
        path = KIND_OF[kind].path
        there = client.get(path, params={"limit": 1000}).json()["rows"]
        assert [(each["key"], each["version"]) for each in there] == [
            (each["key"], each["version"]) for each in rows if each["kind"] == kind
        ]


def test_lists_are_filtered_and_come_in_pages(client):
    rows = client.get("/contracts").json()["rows"]
    product = rows[0]["item"]["product_id"]
    found = client.get("/contracts", params={"product_id": product}).json()["rows"]
    assert found == [each for each in rows if each["item"]["product_id"] == product]
    first = client.get("/contracts", params={"limit": 1}).json()
    second = client.get("/contracts", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [*first["rows"], *second["rows"]] == rows[:2]
    assert client.get("/contracts", params={"node_id": "ALPHA"}).status_code == 400


def test_a_change_takes_the_version_that_was_read_and_gives_the_next(desk, client, row):
    path, stated = row
    changed = put(desk, client, path, ways(lots=90), If_Match=f'"{stated["version"]}"')
    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] > stated["version"]
    assert changed.headers["etag"] == f'"{changed.json()["version"]}"'
    assert client.get(path).json() == changed.json()


def test_a_change_of_another_version_is_refused_by_the_desk(desk, client, row):
    path, stated = row
    version = f'"{stated["version"]}"'
    put(desk, client, path, ways(lots=90), If_Match=version)
    late = put(desk, client, path, ways(lots=80), If_Match=version)
    problem = late.json()
    assert late.status_code == 412
    assert (problem["reason"], problem["reason_name"]) == (1008, "definition_changed")
    assert problem["sequence"] > stated["version"]
    assert client.get(path).json()["item"]["long_lots_max"] == 90


def test_a_change_without_a_version_is_not_asked_of_the_desk(desk, client, row):
    path, stated = row
    assert put(desk, client, path, ways(lots=70)).status_code == 428
    for headers in (
        {"If_Match": "*"},
        {"If_Match": f'W/"{stated["version"]}"'},
        {"If_Match": str(stated["version"])},
        {"If_None_Match": '"1"'},
        {"If_Match": f'"{stated["version"]}"', "If_None_Match": '"1"'},
    ):
        refused = put(desk, client, path, ways(lots=70), **headers)
        assert refused.status_code == 400, headers
        assert refused.json()["faults"][0]["where"].startswith("header If-")
    both = {"If_Match": f'"{stated["version"]}"', "If_None_Match": "*"}
    assert put(desk, client, path, ways(lots=70), **both).status_code == 412
    assert client.get(path).json() == stated


def test_what_shall_be_new_is_made_once(desk, client):
    person = {"person_id": f"P{time.time_ns()}", "name": "New", "jurisdiction": "US"}
    path = f"/legal-persons/{person['person_id']}"
    assert put(desk, client, path, person, If_Match='"1"').status_code == 412
    assert put(desk, client, path, person, If_None_Match="*").status_code == 200
    assert put(desk, client, path, person, If_None_Match="*").status_code == 412


def test_a_repeated_change_gets_its_first_answer_though_the_version_moved_on(desk, client, row):
    path, stated = row
    name, version = desk.name(), f'"{stated["version"]}"'
    first = put(desk, client, path, ways(lots=60), name, If_Match=version)
    put(desk, client, path, ways(lots=50), If_Match=first.headers["etag"])
    again = put(desk, client, path, ways(lots=60), name, If_Match=version)
    assert (again.status_code, again.content) == (200, first.content)
    other = put(desk, client, path, ways(lots=60), name, If_Match=first.headers["etag"])
    assert other.json()["type"].endswith("request-reused")


def test_of_changes_at_once_exactly_one_is_done(desk, row):
    path, stated = row
    version = f'"{stated["version"]}"'
    answers, start = [], threading.Barrier(RACERS)

    def race(lots):
        with desk.client() as own:
            start.wait(30)
            answers.append((lots, put(desk, own, path, ways(lots=lots), If_Match=version)))

    threads = [threading.Thread(target=race, args=(10 + place,)) for place in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    statuses = sorted(answer.status_code for _, answer in answers)
    assert statuses == [200] + [412] * (RACERS - 1)
    ((lots, won),) = ((lots, answer) for lots, answer in answers if answer.status_code == 200)
    with desk.client() as client:
        now = client.get(path).json()
    assert now == won.json()
    assert now["item"]["long_lots_max"] == lots


def test_the_path_and_the_value_are_of_one_name(desk, client, row):
    path, stated = row
    other = put(desk, client, path, ways("BETA"), If_Match=f'"{stated["version"]}"')
    assert other.status_code == 422
    assert other.json()["faults"] == [
        {"where": "$.item", "what": "is BETA|*, and the path says ALPHA|*"}
    ]


def test_every_fault_of_a_value_is_told_with_its_place(desk, client):
    faulty = put(desk, client, "/position-limits/ALPHA%7C*", {"node_id": 7}, If_None_Match="*")
    assert faulty.status_code == 400
    assert [each["where"] for each in faulty.json()["faults"]] == [
        "$.item.node_id",
        "$.item.scope_id",
        "$.item.long_lots_max",
        "$.item.short_lots_max",
    ]


@pytest.mark.parametrize("name", ["A/B", "A/B/", "A//B", "A:B", "A.B-C_D"])
def test_keys_with_a_slash_are_one_segment_of_the_path(desk, client, name):
    person = {"person_id": name, "name": "Odd", "jurisdiction": "US"}
    path = f"/legal-persons/{name.replace('/', '%2F')}"
    made = put(desk, client, path, person, If_None_Match="*")
    assert made.status_code == 200, made.text
    assert client.get(path).json()["key"] == name
    assert client.get("/definitions/LegalPerson/" + name.replace("/", "%2F")).status_code == 200
    if "/" in name.rstrip("/"):
        assert client.get(f"/legal-persons/{name}").status_code == 404, "two segments"


def test_the_only_value_of_a_kind_has_a_name_too(client):
    (master,) = client.get("/masters").json()["rows"]
    assert master["key"] == master["item"]["master_account_id"]
    assert client.get(f"/masters/{master['key']}").json() == master
    assert client.get("/authority/desk").json()["item"]["single_operator"] is True


# ------------------------------------------------------------------------------------------- keys


@pytest.fixture
def token(desk, client):
    """Return the id of a bearer key and the hash of its token."""
    name = f"reader-{time.time_ns()}"
    digest = hashlib.sha256(name.encode()).hexdigest()
    define(
        desk,
        client,
        {
            **key_of(name, PrivateKey.from_seed(bytes(32))),
            "kind": "bearer",
            "proof_hex": digest,
            "scopes": ["orders:read"],
        },
    )
    return name, digest


def test_what_proves_a_token_is_shown_nowhere(client, token):
    name, digest = token
    shown = client.get(f"/keys/{name}").json()
    assert shown["item"]["proof_hex"] is None
    found = client.get(f"/definitions/ApiKey/{name}").json()
    assert found["item"]["proof_hex"] == ""
    for path in ("/keys", "/definitions", "/audit/records"):
        query = {"limit": 1000} | ({"from_sequence": 1} if "audit" in path else {})
        assert digest not in client.get(path, params=query).text, path


def test_a_token_is_revoked_without_saying_what_proves_it(desk, client, token):
    name, digest = token
    shown = client.get(f"/keys/{name}").json()
    item = {**shown["item"], "is_revoked": True}
    done = put(desk, client, f"/keys/{name}", item, If_Match=f'"{shown["version"]}"')
    assert done.status_code == 200, done.text
    assert done.json()["item"] == item
    assert digest not in done.text
    new = put(desk, client, "/keys/nobody", {**item, "key_id": "nobody"}, If_None_Match="*")
    assert new.status_code == 422
    assert new.json()["faults"][0]["where"] == "$.item.proof_hex"


def test_the_public_key_of_a_signed_key_is_shown(desk, client):
    private = PrivateKey.from_seed(hashlib.sha256(b"shown").digest())
    name = f"shown-{time.time_ns()}"
    define(desk, client, key_of(name, private))
    assert client.get(f"/keys/{name}").json()["item"]["proof_hex"] == private.public_key.hex


# ---------------------------------------------------------------------------- who sees and changes


def bound_client(desk, client, scopes, sub_tree=""):
    name = f"bound-{time.time_ns()}"
    private = PrivateKey.from_seed(hashlib.sha256(name.encode()).digest())
    define(desk, client, key_of(name, private, sub_tree=sub_tree, scopes=scopes))
    return httpx.Client(base_url=f"{desk.url}/v1", auth=Signed(private, name), timeout=30)


SEEING = [
    "contracts:read",
    "sub_accounts:read",
    "limits:read",
    "legal_persons:read",
    "keys:read",
    "tiers:read",
]


def test_a_key_bound_to_a_node_sees_what_is_its_own_and_the_market(desk, client):
    for node in ("ALPHA", "BETA"):
        define(desk, client, {"type": "PositionLimit", **ways(node)})
    with bound_client(desk, client, SEEING, "ALPHA") as bound:
        assert {each["key"] for each in bound.get("/sub-accounts").json()["rows"]} == {"ALPHA"}
        assert {each["key"] for each in bound.get("/position-limits").json()["rows"]} == {"ALPHA|*"}
        assert bound.get("/contracts").json()["rows"] == client.get("/contracts").json()["rows"]
        assert bound.get("/sub-accounts/ALPHA").status_code == 200
        hidden, absent = bound.get("/sub-accounts/BETA"), bound.get("/sub-accounts/NOBODY")
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert hidden.text.replace("BETA", "") == absent.text.replace("NOBODY", "")
        for path in ("/legal-persons", "/keys", "/legal-persons/FIRM"):
            assert bound.get(path).status_code == 403, path
        rows = bound.get("/definitions", params={"limit": 1000}).json()["rows"]
        kinds = {each["kind"] for each in rows}
        assert kinds == {"Contract", "Product", "Venue", "SubAccount", "PositionLimit"}
        own = {each["key"] for each in rows if each["kind"] in {"SubAccount", "PositionLimit"}}
        assert own == {"ALPHA", "ALPHA|*"}


def test_a_key_bound_to_a_node_changes_no_reference_value(desk, client, row):
    path, stated = row
    with bound_client(desk, client, ["limits:read", "limits:tighten"], "ALPHA") as bound:
        refused = put(desk, bound, path, ways(lots=1), If_Match=f'"{stated["version"]}"')
        assert refused.status_code == 403
    assert client.get(path).json() == stated


def test_nobody_defines_a_kind_that_its_key_has_no_right_to(desk, client):
    with bound_client(desk, client, ["contracts:read", "limits:tighten"]) as narrow:
        private = PrivateKey.from_seed(bytes(range(32)))
        body = {"items": [{"type": "PositionLimit", **ways()}, key_of("mine", private)]}
        refused = narrow.post("/definitions", json=body, headers={"Idempotency-Key": desk.name()})
        assert refused.status_code == 403
        assert refused.json()["faults"] == [
            {"where": "$.items[1]", "what": "this key lacks the scope keys:tighten"}
        ]
        assert narrow.get("/keys").status_code == 403
        assert narrow.get("/definitions", params={"kind": "ApiKey"}).status_code == 403
        kinds = {each["kind"] for each in narrow.get("/definitions").json()["rows"]}
        assert kinds == {"Contract", "Product", "Venue"}
    assert client.get("/keys/mine").status_code == 404


# ------------------------------------------------------------------------------------- restarts


def test_versions_are_the_same_after_a_crash(desk, client, row):
    path, stated = row
    changed = put(desk, client, path, ways(lots=40), If_Match=f'"{stated["version"]}"')
    assert changed.status_code == 200
    desk.kill()
    desk.start()
    with desk.client() as again:
        eventually(lambda: again.get("/sub-accounts/ALPHA").status_code == 200)
        known = {"If-None-Match": changed.headers["etag"]}
        assert again.get(path, headers=known).status_code == 304
        late = put(desk, again, path, ways(lots=30), If_Match=f'"{stated["version"]}"')
        assert late.status_code == 412
        now = put(desk, again, path, ways(lots=30), If_Match=changed.headers["etag"])
        assert now.status_code == 200


def test_mandates_strategies_and_calendars_have_the_version_of_what_they_are_part_of(client):
    account, venue = (client.get(path).json()["rows"][0] for path in ("/sub-accounts", "/venues"))
    key = account["key"]
    for path in (f"/mandates/{key}", f"/strategies/{key}"):
        found = client.get(path)
        assert found.headers["etag"] == f'"{account["version"]}"', path
    mandate = client.get(f"/mandates/{key}").json()["item"]
    assert mandate["mandate"] == account["item"]["mandate"]
    assert client.get(f"/strategies/{key}").json()["item"]["tags"] == mandate["mandate"]["tags"]
    calendar = client.get(f"/calendars/{venue['key']}").json()["item"]
    assert calendar["holidays"] == venue["item"]["holidays"]
    rows = client.get("/mandates", params={"owner_id": account["item"]["owner_id"]}).json()["rows"]
    assert key in {each["key"] for each in rows}
