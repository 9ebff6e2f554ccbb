"""The one script and the one style sheet: served under the hash of what they hold.

A page names a file by its hash and the browser checks it again (``integrity``), so that no cache
and nobody on the way puts another in its place.
"""

import base64
import hashlib
from importlib.resources import files
from typing import Final, NamedTuple

from fencang.gateways.browser.answer import SAFE_HEADERS, Answer

__all__ = ["SCRIPT", "STYLE", "StaticFile", "file_answer"]


class StaticFile(NamedTuple):
    """A file under its name, which holds the hash of its bytes."""

    name: str
    body: bytes
    media_type: str

    @property
    def path(self) -> str:
        """Return the path that it is served under."""
        return f"/assets/{self.name}"

    @property
    def integrity(self) -> str:
        """Return the hash as pages state it (Subresource Integrity)."""
        return "sha256-" + base64.b64encode(hashlib.sha256(self.body).digest()).decode()


def _file(name: str, media_type: str) -> StaticFile:
    body = files("fencang.gateways.browser").joinpath("static", name).read_bytes()
    stem, _, ending = name.partition(".")
    return StaticFile(f"{stem}.{hashlib.sha256(body).hexdigest()[:16]}.{ending}", body, media_type)


SCRIPT: Final = _file("pages.js", "text/javascript")
STYLE: Final = _file("pages.css", "text/css")
_BY_NAME = {each.name: each for each in (SCRIPT, STYLE)}


def file_answer(name: str) -> Answer | None:
    """Return a file; None where there is none of this name."""
    found = _BY_NAME.get(name)
    if found is None:
        return None
    kept = ("Cache-Control", "public, max-age=31536000, immutable")
    return Answer(200, found.body, found.media_type, (*SAFE_HEADERS, kept))
