"""The guide's programs run, and what they sign verifies."""

import re
import time
from pathlib import Path

import pytest

from fencang.basics.time import SECOND_NS
from fencang.signing.faults import Cause
from fencang.signing.http_messages import (
    POLICY,
    read_signature,
    sign_request,
    signature_base,
    verify_request,
)
from fencang.signing.keys import PrivateKey
from fencang.signing.request import request_of_url
from fencang.signing.signature_fields import COMPONENTS_MAX, SIGNATURE_INPUT_LENGTH_MAX
from tests.signing.order_request import CREATED_S, KEY, NONCE

PAGE = (Path(__file__).parents[2] / "docs/guide/request-signing.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
[BASE] = re.findall(r"^```text\n(.*?)\n```", PAGE, re.DOTALL | re.MULTILINE)

URL = "https://desk.example:8443/v1/orders?dry-run=no"


def run(program):
    names = {}
    exec(program, names)  # noqa: S102 - the page's own words, as a reader would run them
    return names


@pytest.mark.parametrize("program", PROGRAMS, ids=["package", "by hand"])
def test_what_a_program_of_the_guide_signs_verifies(program):
    names = run(program)
    key = names["key"] if "key" in names else PrivateKey.from_seed(names["seed"])
    request = request_of_url("POST", URL, names["headers"], names["body"])
    signature = read_signature(request)
    now_ns = int(time.time()) * SECOND_NS
    assert verify_request(request, signature, key.public_key, POLICY, now_ns).key_id == "trend-1"


def test_the_base_shown_is_that_of_the_request_shown():
    names = run(PROGRAMS[0])
    headers = names["headers"][:2]
    request = request_of_url("POST", names["url"], headers, names["body"])
    added = sign_request(request, KEY, key_id="trend-1", created_s=CREATED_S, nonce=NONCE)
    sent = request_of_url("POST", names["url"], headers + added, names["body"])
    signature = read_signature(sent)
    assert signature_base(sent, signature.components, signature.parameters).decode() == BASE


def test_every_cause_and_every_bound_is_told():
    causes = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert causes == [cause.value for cause in Cause]
    assert f"at most {SIGNATURE_INPUT_LENGTH_MAX:,} characters and {COMPONENTS_MAX}" in PAGE
    for name in (*POLICY.always, *POLICY.if_present):
        assert f"`{name}`" in PAGE
    assert f"more than {POLICY.age_s_max} s ago or more than {POLICY.ahead_s_max} s ahead" in PAGE
