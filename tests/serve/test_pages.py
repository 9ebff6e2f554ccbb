"""The pages in a real browser: a person enrols, signs in, and signs a draft with its own key.

Pictures of what was seen are kept where FENCANG_PICTURES names a folder.
"""

import base64
import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from fencang.gateways.browser.files import SCRIPT
from fencang.signing.drafts import DraftText, Purpose, draft_bytes
from fencang.signing.keys import verify
from tests.serve import chromium
from tests.serve.office import PASSWORD, Office, fencang, private_key, write_key_file
from tests.serve.process import ROOT

pytestmark = pytest.mark.skipif(chromium.found() is None, reason="no Chromium on this machine")

LIMIT = ROOT / "examples" / "authority" / "limit.toml"


def propose(office, folder):
    """Let Ann propose the example's limit, by the command line, while the server is down."""
    office.stop_server()
    key = write_key_file(folder, "ann") if not (folder / "ann.key").exists() else folder / "ann.key"
    signer = ["--as", "ann", "--role", "operations", "--key", key]
    told = fencang("draft", "propose", LIMIT, "--data", office.data, *signer, "--json")
    office.start()
    return json.loads(told)["draft_id"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def office(folder):
    served = Office(folder).start()
    propose(served, folder)
    yield served
    served.stop()


@pytest.fixture
def page(tmp_path):
    browser = chromium.Chromium(tmp_path / "profile")
    yield browser
    browser.close()


@pytest.fixture
def seen(page, request):
    """Keep a picture of the page under a name."""
    folder = os.environ.get("FENCANG_PICTURES")

    def keep(name):
        if folder:
            page.picture(Path(folder) / f"{request.node.name}-{name}.png")

    return keep


def enrol_by_page(office, page, user_id, code):
    page.open(f"{office.url}/enrol")
    page.fill(user_id=user_id, code=code, password=PASSWORD)
    page.click("Set password")
    office.seeds[user_id] = page.wait("document.getElementById('seed').textContent")
    page.evaluate("document.querySelector('#enrol-finish [name=one_time_code]').focus()")
    page.send("Input.insertText", text=office.code(user_id))


def sign_in_by_page(office, page, user_id):
    page.open(f"{office.url}/sign-in")
    page.fill(user_id=user_id, password=PASSWORD, one_time_code=office.code(user_id))
    page.click("Sign in")


def test_a_person_enrols_signs_in_and_approves_a_draft_that_the_engine_decides(
    office, page, seen, folder
):
    office.join("ada")
    code = office.ada.act("/v1/people/invite", {"user_id": "rob"}).json()["code"]
    enrol_by_page(office, page, "rob", code)
    seen("enrol")
    page.click("Finish")
    page.wait_for_path("/sign-in")
    sign_in_by_page(office, page, "rob")
    page.wait_for_path("/drafts")
    assert "PositionLimit" not in page.text()
    assert "Draft 1" in page.text()
    seen("drafts")
    page.open(f"{office.url}/key")
    page.choose_file("#key-file", write_key_file(folder, "rob"))
    page.wait("document.getElementById('key-state').textContent.includes('the desk knows it')")
    assert private_key("rob").public_key.hex in page.text()
    seen("key")
    page.open(f"{office.url}/drafts/1")
    page.wait("document.getElementById('signing-key').textContent.startsWith('You sign with')")
    text = page.text()
    for words in ("PositionLimit MASTER *", "long lots max", "5000", "6000", "ann as operations"):
        assert words in text
    assert "role: risk_officer" in text
    seen("draft")
    page.click("Sign and approve")
    page.wait("document.querySelector('h1').textContent.includes('applied')")
    seen("applied")
    assert "rob as risk officer" in page.text()
    assert page.complaints() == []
    drafts = office.signed_in("carl").get("/v1/drafts").json()["rows"]
    (draft,) = [row for row in drafts if row["draft_id"] == 1]
    assert (draft["state"], draft["closed_by"]) == ("applied", "rob")


def test_the_text_under_a_signature_is_that_of_the_engine_to_the_byte(office, page):
    page.open(f"{office.url}/sign-in")
    body = sha256(b"body").hexdigest()
    for purpose in Purpose:
        is_proposal = purpose is Purpose.PROPOSE
        text = DraftText(
            desk_id=sha256(b"desk").hexdigest(),
            purpose=purpose,
            draft_id=0 if is_proposal else 2**53 + 11,
            nonce="17" if is_proposal else "",
            command="DefineDesk",
            body_sha256=body,
            user_id="a.b-c_d:e/f",
            role="risk_officer",
        )
        given = {
            "deskId": text.desk_id,
            "purpose": purpose.value,
            "draftId": str(text.draft_id) if text.draft_id else 0,
            "nonce": text.nonce,
            "command": text.command,
            "bodySha256": body,
            "userId": text.user_id,
            "role": text.role,
        }
        made = page.evaluate(
            f"import('{SCRIPT.path}').then((ours) => ours.draftText({json.dumps(given)}))"
        )
        assert made.encode() == draft_bytes(text)
    forged = given | {"userId": "rob\nrole: administrator"}
    refused = page.evaluate(
        f"import('{SCRIPT.path}').then((ours) => ours.draftText({json.dumps(forged)}))"
        ".catch((fault) => fault.message)"
    )
    assert refused.startswith("this draft cannot be signed")


def test_a_key_of_the_browser_signs_what_we_verify_and_is_never_read_out(office, page):
    page.open(f"{office.url}/sign-in")
    made = page.evaluate(
        f"""import('{SCRIPT.path}').then(async (ours) => {{
            await ours.keepKey("rob", await ours.makeKey());
            const kept = await ours.keptKey("rob");
            const read = await crypto.subtle
                .exportKey("pkcs8", kept.privateKey)
                .then(() => "read", () => "not read");
            const signature = ours.base64Of(await ours.sign(kept.privateKey, "hello"));
            return {{ publicKey: kept.publicKey, signature, read }};
        }})"""
    )
    signature = base64.b64decode(made["signature"])
    assert verify(made["publicKey"], signature, b"hello")
    assert made["read"] == "not read"


def test_a_key_file_is_taken_in_with_its_own_public_half_and_others_are_not(office, page, folder):
    page.open(f"{office.url}/sign-in")
    text = json.dumps(write_key_file(folder, "carl").read_text())
    key = page.evaluate(
        f"""import('{SCRIPT.path}').then(async (ours) => {{
            const key = await ours.keyOfFile({text});
            const signature = ours.base64Of(await ours.sign(key.privateKey, "hello"));
            return {{ publicKey: key.publicKey, signature, open: key.privateKey.extractable }};
        }})"""
    )
    assert key["publicKey"] == private_key("carl").public_key.hex
    assert base64.b64decode(key["signature"]) == private_key("carl").sign(b"hello")
    assert key["open"] is False
    refused = page.evaluate(
        f"import('{SCRIPT.path}').then((ours) => ours.keyOfFile('fencang private key 2\\n00\\n'))"
        ".catch((fault) => fault.message)"
    )
    assert refused == "this file holds no private key of fencang"


def test_a_person_makes_a_key_and_is_shown_the_table_that_makes_it_known(office, page, seen):
    office.join("carl0")
    sign_in_by_page(office, page, "carl0")
    page.wait_for_path("/drafts")
    page.open(f"{office.url}/key")
    page.click("Make a key in this browser")
    page.wait("document.getElementById('key-state').textContent.includes('does not know yet')")
    key = page.evaluate("document.getElementById('public-key').textContent")
    table = page.evaluate("document.getElementById('key-table').textContent")
    known = private_key("carl0").public_key.hex
    assert f'public_keys = ["{known}", "{key}"]' in table
    seen("key")
    assert page.complaints() == []


@pytest.mark.long
def test_a_draft_is_rejected_with_words_that_stay(office, page, seen, folder):
    draft_id = propose(office, folder)
    office.join("carl1")
    sign_in_by_page(office, page, "carl1")
    page.wait_for_path("/drafts")
    page.open(f"{office.url}/drafts/{draft_id}")
    page.click("Sign and approve")
    page.wait("document.querySelector('#approve .outcome').textContent.includes('no key of yours')")
    page.fill(reason="not <b>this</b> year")
    page.click("Reject")
    page.wait("document.querySelector('h1').textContent.includes('rejected')")
    assert "not <b>this</b> year" in page.text()
    seen("rejected")


def test_people_are_invited_and_recovered_by_page(office, page, seen):
    office.join("ada")
    sign_in_by_page(office, page, "ada")
    page.wait_for_path("/drafts")
    page.open(f"{office.url}/people")
    seen("people")
    assert "Begin a recovery" in page.text()
    page.evaluate("document.getElementById('user-0').value = 'val3'")
    page.click("Invite a joiner")
    code = page.wait("document.querySelector('main .outcome code')?.textContent")
    assert code.startswith("fci_")
    page.open(f"{office.url}/sessions")
    seen("sessions")
    page.click("Sign out ada")
    page.wait_for_path("/sign-in")
    seen("sign-in")
    assert page.complaints() == []


def test_every_field_has_a_label_and_every_page_a_name(office, page):
    office.join("carl2")
    sign_in_by_page(office, page, "carl2")
    page.wait_for_path("/drafts")
    for path in ("/drafts", "/people", "/key", "/sessions", "/password"):
        page.open(office.url + path)
        unlabelled = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select')]"
            ".filter((each) => each.labels.length === 0).length"
        )
        assert unlabelled == 0, path
        assert page.evaluate("document.querySelectorAll('h1').length") == 1
        assert page.evaluate("document.documentElement.lang") == "en"
        buttons = page.evaluate(
            "[...document.querySelectorAll('button')].every((each) => each.tabIndex === 0)"
        )
        assert buttons, path
