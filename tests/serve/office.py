"""A served desk with people: users with keys, logins over HTTP, codes that never repeat."""

import re
import time

import httpx
import pyotp

from fencang.signing.keys import PrivateKey
from tests.app.program import run
from tests.gateways.doors.door_desk import chance
from tests.serve.process import DESK, ROOT, ServedDesk

STEP_S, PATIENCE_S = 30, 15
PASSWORD = "seven green bottles"  # noqa: S105 - made up
ROLES = {
    "ada": "administrator",
    "ann": "operations",
    "rob": "risk_officer",
    "carl": "compliance",
    "leo": "operations",
    **{f"carl{number}": "compliance" for number in range(3)},
    **{f"olga{number}": "operations" for number in range(3)},
    **{f"val{number}": "viewer" for number in range(4)},
}
"""More of a role than one, so that a test has a person whose one-time codes are all still good."""


def private_key(user_id):
    return PrivateKey.from_seed(chance(f"signs as {user_id}"))


def write_key_file(folder, user_id):
    """Write the key file of a user as ``fencang keys new`` does."""
    path = folder / f"{user_id}.key"
    path.write_text(f"fencang private key 1\n{chance(f'signs as {user_id}').hex()}\n")
    path.chmod(0o600)
    return path


def write_desk(folder):
    """Write the minimal desk with users, keys and an authority."""
    tables = [DESK.read_text(), (ROOT / "examples/authority/authority.toml").read_text()]
    for user_id, role in ROLES.items():
        keys = "" if role == "viewer" else f'"{private_key(user_id).public_key.hex}"'
        tables.append(
            f'[[user]]\nid = "{user_id}"\nname = "{user_id.title()}"\nroles = ["{role}"]\n'
            f"public_keys = [{keys}]\n"
        )
    path = folder / "desk.toml"
    path.write_text("\n".join(tables))
    return path


def fencang(*arguments):
    """Run a command of the program and return what it printed."""
    done = run(*arguments)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


class Office(ServedDesk):
    """A desk whose people log in; ``secrets`` are all that were ever told or typed."""

    def __init__(self, folder, desk=None):
        super().__init__(folder / "data", desk or write_desk(folder))
        self.seeds, self.used, self.secrets, self.visitors = {}, {}, [PASSWORD], []

    def visitor(self):
        self.visitors.append(Visitor(self))
        return self.visitors[-1]

    def start(self):
        """Start, after a stop on the port of before: those who are signed in go on."""
        super().start()
        self.extra = (*type(self).extra, "--port", self.url.rpartition(":")[2])
        return self

    def stop_server(self):
        super().stop()

    def stop(self):
        for visitor in self.visitors:
            visitor.http.close()
        super().stop()

    def code(self, user_id):
        """Return a one-time code that was not used yet, and wait for one where it has to be."""
        while True:
            now, gone_s = divmod(int(time.time()), STEP_S)
            # The last step's code is good until this one ends: only where there is time for it.
            first = now - 1 if gone_s < STEP_S - PATIENCE_S else now
            step = max(first, self.used.get(user_id, 0) + 1)
            if step <= now + 1:
                self.used[user_id] = step
                return self.code_of(user_id, step)
            time.sleep(1)

    def code_of(self, user_id, step):
        return pyotp.HOTP(self.seeds[user_id]).at(step)

    def enrol(self, user_id, code, password=PASSWORD):
        """Enrol with a code as the pages do."""
        visitor = self.visitor()
        self.secrets.append(code)
        given = {"user_id": user_id, "code": code}
        begun = visitor.act("/v1/enrolment/begin", given | {"password": password})
        assert begun.status_code == 200, begun.text
        self.seeds[user_id] = begun.json()["seed"]
        self.secrets += [self.seeds[user_id], begun.json()["address"]]
        self.used.pop(user_id, None)
        shown = self.code(user_id)
        done = visitor.act("/v1/enrolment/finish", given | {"one_time_code": shown})
        assert done.status_code == 200, done.text

    def join(self, user_id):
        """Invite and enrol somebody; the first one is the administrator, from the host."""
        if "ada" not in self.seeds:
            told = fencang("people", "invite", "ada", "--data", self.data)
            self.enrol("ada", re.search(r"fci_[0-9a-f]+", told).group())
            self.ada = self.signed_in("ada")
        if user_id not in self.seeds:
            invited = self.ada.act("/v1/people/invite", {"user_id": user_id})
            assert invited.status_code == 200, invited.text
            self.enrol(user_id, invited.json()["code"])

    def signed_in(self, user_id, password=PASSWORD):
        """Return a visitor who is signed in."""
        if user_id not in self.seeds:
            self.join(user_id)
        visitor = self.visitor()
        found = visitor.sign_in(user_id, password)
        assert found.status_code == 200, found.text
        return visitor


class Visitor:
    """A browser without a screen: one cookie jar, requests that begin at the desk's origin."""

    def __init__(self, desk):
        self.desk, self.token = desk, ""
        self.http = httpx.Client(base_url=desk.url, timeout=30)
        self.origin = {"Origin": desk.url}

    def sign_in(self, user_id, password=PASSWORD, code=None):
        shown = code or self.desk.code(user_id)
        given = {"user_id": user_id, "password": password, "one_time_code": shown}
        found = self.act("/v1/session", given)
        if found.status_code == 200:
            self.token = found.json()["csrf_token"]
            self.desk.secrets += [self.token, self.session]
        return found

    @property
    def session(self):
        return self.http.cookies.get("fencang", domain="127.0.0.1") or ""

    def get(self, path):
        return self.http.get(path)

    def act(self, path, body, **headers):
        """Send an act; headers given as None are left out."""
        whole = {**self.origin, "X-CSRF-Token": self.token, **headers}
        kept = {name: value for name, value in whole.items() if value}
        return self.http.post(path, json=body, headers=kept)

    def write(self, path, body, name=None, **headers):
        """Send an operation of the API by the cookie."""
        named = {"Idempotency-Key": name or self.desk.name()}
        return self.act(path, body, **(named | headers))
