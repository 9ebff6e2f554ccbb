"""Envelopes of a served desk: whose they are, what a bound key may give back, and their channel."""

from tests.serve.test_keys_of_a_desk import define, key_of, narrow  # noqa: F401 - a fixture
from tests.serve.test_streams import Follower

SCOPES = ["envelopes:read", "envelopes:write"]


def opened(desk, client, sub, lots=5):
    body = {
        "sub_account_id": sub,
        "scope_id": "COPPER-C",
        "side": "buy",
        "quantity_lots": lots,
        "clip_lots": lots,
        "margin": "1000000",
        "lifetime_seconds": "3600",
    }
    done = client.post("/envelopes", json=body, headers={"Idempotency-Key": desk.name()})
    assert done.status_code == 200, done.text
    return done.json()["events"][0]["envelope_id"]


def close(desk, client, envelope_id, name=None):
    headers = {"Idempotency-Key": name or desk.name()}
    return client.post(f"/envelopes/{envelope_id}/close", json={}, headers=headers)


def test_a_bound_key_closes_its_own_envelope_and_learns_nothing_of_others(desk, client, narrow):  # noqa: F811
    name, private, bound = narrow
    define(desk, client, key_of(name, private, sub_tree="ALPHA", scopes=SCOPES))
    foreign = opened(desk, client, "BETA")
    own = opened(desk, bound, "ALPHA")
    assert {row["sub_account_id"] for row in bound.get("/envelopes").json()["rows"]} == {"ALPHA"}
    refused = [close(desk, bound, number) for number in (foreign, 77)]
    assert [each.status_code for each in refused] == [403, 403]
    said = [each.json()["detail"] for each in refused]
    assert said == [f"this key does not reach envelope {number}" for number in (foreign, 77)]
    request = desk.name()
    first = close(desk, bound, own, request)
    assert first.status_code == 200, first.text
    again = close(desk, bound, own, request)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert close(desk, bound, own).json()["reason_name"] == "envelope_unknown"
    assert close(desk, client, foreign).status_code == 200


def test_the_channel_tells_what_is_left_as_rest_does(desk, client):
    follower = Follower(desk)
    follower.subscribe("envelopes")
    number = opened(desk, client, "BETA", 3)
    follower.until(lambda: str(number) in follower.rows.get("envelopes", {}))
    (row,) = [r for r in client.get("/envelopes").json()["rows"] if r["envelope_id"] == number]
    assert follower.rows["envelopes"][str(number)] == row
    assert row["unused_lots"] == 3
    close(desk, client, number)
    follower.until(lambda: str(number) not in follower.rows["envelopes"])
    follower.close()
