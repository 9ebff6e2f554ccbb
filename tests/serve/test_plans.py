"""Plans over the API: what is computed is explained, and what was explained is what is proposed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.serve.process import ServedDesk, eventually
from tests.serve.test_gateways import COPY_S

POLICY = {"type": "InverseVolatility", "cap_ppm": 600_000, "step_ppm": 200_000}
ASKED = {"owner_id": "FIRM", "policy": POLICY}


def compute(client, **changes):
    response = client.post("/plans/compute", json={**ASKED, **changes}, timeout=COPY_S)
    assert response.status_code == 200, response.text
    return response.json()


def write(desk, client, path, body=None):
    return client.post(path, json=body or {}, headers={"Idempotency-Key": desk.name()})


def series(**swings):
    """Returns that alternate by so much, sixty days of each account."""
    first = date(2024, 1, 1)
    return {
        "source": "risk system",
        "accounts": [
            {
                "sub_account_id": name,
                "days": [
                    {
                        "trading_day": str(first + timedelta(days=day)),
                        "daily_return": f"{'-' if day % 2 else ''}{swing}",
                    }
                    for day in range(60)
                ],
            }
            for name, swing in swings.items()
        ],
    }


WILD_BETA = series(ALPHA="0.005", BETA="0.02", GAMMA="0.005")


def test_a_computed_plan_says_every_figure_and_enters_nothing(client):
    before = client.get("/audit/records", params={"limit": 1000}).json()["records"]
    found = compute(client)
    assert [each["sub_account_id"] for each in found["accounts"]] == ["ALPHA", "BETA", "GAMMA"]
    assert sum(Decimal(each["new"]) for each in found["accounts"]) == Decimal(found["distributed"])
    assert sum(each["weight_ppm"] for each in found["accounts"]) == 1_000_000
    given = sum(Decimal(each["change"]) for each in found["accounts"])
    assert given == Decimal(found["released"])
    assert found["at_sequence"] >= before[-1]["sequence"]
    assert found["computation_id"] == found["proposal"]["input_sha256"]
    assert found["policy"]["cap_ppm"] == 600_000
    assert found["policy"]["half_life_days"] == 60
    alpha = found["accounts"][0]
    assert (alpha["volatility_ppm"], alpha["uses_prior_only"]) == (150_000, True)
    assert (alpha["days_count"], alpha["last_trading_day"]) == (0, None)
    assert found["needs_second_person"] is False
    kinds = {
        record["command"]["type"]
        for record in client.get(
            "/audit/records", params={"from_sequence": found["at_sequence"], "limit": 1000}
        ).json()["records"]
    }
    assert "ProposePlan" not in kinds


def test_given_returns_take_the_place_of_the_desks_own(client):
    """Daily swings of 0.5 % and 2 %, the cap of 60 % far away: 4 : 1 : 4."""
    free = {**POLICY, "step_ppm": 1_000_000, "prior_observations": 0, "band_ppm": 0}
    found = compute(client, policy=free, series=WILD_BETA)
    weights = {each["sub_account_id"]: each["weight_ppm"] for each in found["accounts"]}
    assert abs(weights["ALPHA"] - weights["GAMMA"]) <= 1
    assert abs(weights["ALPHA"] - 4 * weights["BETA"]) <= 4
    assert {each["returns_source"] for each in found["accounts"]} == {"risk system"}
    beta = found["accounts"][1]
    assert (beta["days_count"], beta["first_trading_day"]) == (60, "2024-01-01")
    assert abs(Decimal(beta["rounding"])) < Decimal("0.000001")


def test_the_same_input_has_the_same_name_and_another_another(client):
    first = compute(client, series=WILD_BETA)
    other = compute(client, series={**WILD_BETA, "source": "elsewhere"})
    assert first["computation_id"] != other["computation_id"]


def test_series_that_cannot_be_are_told_whole(client):
    days = [
        {"trading_day": "2024-01-02", "daily_return": "0.01"},
        {"trading_day": "2024-01-02", "daily_return": "0.01"},
    ]
    accounts = [{"sub_account_id": name, "days": days} for name in ("NOBODY", "ALPHA", "ALPHA")]
    refused = client.post(
        "/plans/compute", json={**ASKED, "series": {"source": "x", "accounts": accounts[:2]}}
    )
    assert refused.status_code == 422
    assert [each["where"] for each in refused.json()["faults"]] == [
        "$.series.accounts[0].sub_account_id",
        "$.series.accounts[0].days[1].trading_day",
        "$.series.accounts[1].days[1].trading_day",
    ]


def test_a_policy_that_cannot_hold_is_told_with_every_reason(client):
    policy = {"type": "InverseVolatility", "half_life_days": 0, "cap_ppm": 100_000}
    refused = client.post("/plans/compute", json={"owner_id": "FIRM", "policy": policy})
    problem = refused.json()
    assert (refused.status_code, problem["title"]) == (422, "No plan")
    told = " ".join(each["what"] for each in problem["faults"])
    assert "half_life_days" in told
    assert "at least 333,334 is needed" in told
    nobody = client.post("/plans/compute", json={**ASKED, "owner_id": "NOBODY"})
    assert "no sub-account" in nobody.json()["faults"][0]["what"]


def test_what_was_explained_is_proposed_approved_and_applied(desk, client):
    found = compute(client, series=WILD_BETA)
    proposed = write(desk, client, "/plans", found["proposal"])
    assert proposed.status_code == 200, proposed.text
    plan_id = proposed.json()["events"][0]["plan_id"]
    row = client.get(f"/plans/{plan_id}").json()
    assert (row["state"], row["input_sha256"]) == ("proposed", found["computation_id"])
    explained = client.get(f"/plans/{plan_id}/explanation").json()
    assert explained["is_as_computed"] is True
    assert explained["computed"]["accounts"] == found["accounts"]
    assert explained["plan"] == row
    assert write(desk, client, f"/plans/{plan_id}/approve").status_code == 200
    applied = write(desk, client, f"/plans/{plan_id}/apply")
    assert applied.status_code == 200, applied.text
    assert client.get(f"/plans/{plan_id}").json()["state"] == "applied"
    now = [each["old"] for each in compute(client, series=WILD_BETA)["accounts"]]
    assert now == [each["new"] for each in found["accounts"]]


def test_a_plan_that_calls_itself_computed_is_what_was_computed(desk, client):
    found = compute(client, series=WILD_BETA)
    body = found["proposal"]
    first, *rest = body["lines"]
    altered = {**body, "lines": [{**first, "new": first["old"]}, *rest]}
    refused = write(desk, client, "/plans", altered)
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("not-as-computed")
    assert [each["what"] for each in refused.json()["faults"]] == ["ALPHA was computed otherwise"]
    newer = write(desk, client, "/plans", {**body, "at_sequence": body["at_sequence"] - 1})
    assert [each["where"] for each in newer.json()["faults"]] == ["$.at_sequence"]
    unknown = write(desk, client, "/plans", {**body, "input_sha256": "0" * 64})
    assert unknown.json()["type"].endswith("not-computed")
    for name in ("../../operator.key", "..", ""):
        assert write(desk, client, "/plans", {**body, "input_sha256": name}).status_code == 422


def test_a_move_under_a_model_of_its_own_is_explained_by_its_lines(desk, client):
    body = compute(client)["proposal"]
    own = {**body, "model": "by hand", "solver_version": "", "input_sha256": ""}
    plan_id = write(desk, client, "/plans", own).json()["events"][0]["plan_id"]
    explained = client.get(f"/plans/{plan_id}/explanation").json()
    assert (explained["is_as_computed"], explained["computed"]) == (False, None)
    assert "operator stated it (by hand)" in explained["detail"]
    rejected = write(desk, client, f"/plans/{plan_id}/reject", {"reason": "tried"})
    assert rejected.status_code == 200


def test_what_is_not_there_is_said(client):
    assert client.get("/plans/12345").status_code == 404
    assert client.get("/plans/12345/explanation").status_code == 404


@pytest.fixture
def restarted(tmp_path):
    served = ServedDesk(tmp_path / "data").start()
    yield served
    served.stop()


@pytest.mark.long
def test_a_proposed_plan_is_explained_after_a_crash(restarted):
    with restarted.client() as client:
        eventually(lambda: client.get("/prices").json()["rows"])
        found = compute(client, series=WILD_BETA)
        proposed = write(restarted, client, "/plans", found["proposal"]).json()
    plan_id = proposed["events"][0]["plan_id"]
    restarted.kill()
    for each in (restarted.data / "plans" / "computed").iterdir():
        each.unlink()  # those that nobody proposed are forgotten in time
    restarted.start()
    with restarted.client() as client:
        # What was signed before the crash counts no more: two seconds later all is fresh.
        eventually(lambda: client.get("/prices").status_code == 200)
        explained = client.get(f"/plans/{plan_id}/explanation", timeout=COPY_S).json()
        assert explained["is_as_computed"] is True
        assert explained["computed"]["accounts"] == found["accounts"]
        later = compute(client)
        assert later["at_sequence"] > found["at_sequence"]
