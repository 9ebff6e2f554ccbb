"""Versions as HTTP says them: ``ETag``, ``If-Match`` and ``If-None-Match`` (RFC 9110).

The version of a reference value is the sequence of the record that defined it last: the same in
every process, and after every restart.
"""

import re
from collections.abc import Mapping

from fencang.gateways.rest.problem import Fault, Refused

__all__ = ["IF_MATCH", "IF_NONE_MATCH", "VERSION_PATTERN", "etag", "expected_version", "is_known"]

IF_MATCH = "If-Match"
IF_NONE_MATCH = "If-None-Match"
VERSION_PATTERN = r'^"[1-9][0-9]{0,14}"$(?!\n)'
"""A version as a header says it; it stays below 2^53, so that every JSON reader can hold it."""

_VERSION = re.compile(VERSION_PATTERN)


def etag(version: int) -> str:
    """Return a version as a header says it."""
    return f'"{version}"'


def is_known(headers: Mapping[str, str], version: int) -> bool:
    """Return whether the asker has this version already."""
    known = headers.get(IF_NONE_MATCH.lower(), "").split(",")
    return any(each.strip().removeprefix("W/") in {etag(version), "*"} for each in known)


def expected_version(headers: Mapping[str, str]) -> int:
    """Return the version that a change was made for; 0: it was made for what is not there yet.

    Raises:
        Refused: the request says none, or none that can be.
    """
    match, none = headers.get(IF_MATCH.lower()), headers.get(IF_NONE_MATCH.lower())
    if match is None and none is None:
        detail = (
            f"say which version it changes, {IF_MATCH}: and the ETag that you read, or that it "
            f"shall be new, {IF_NONE_MATCH}: *; nothing was done"
        )
        raise Refused.of(428, "version-unstated", detail)
    is_new = none is not None and none.strip() == "*"
    if match is None and is_new:
        return 0
    if match is not None and _VERSION.fullmatch(match):
        if none is None:
            return int(match[1:-1])
        if is_new:
            detail = f"no value has a version ({IF_MATCH}) and is new; nothing was done"
            raise Refused.of(412, "version-differs", detail)
    what = f'one of {IF_MATCH} with one ETag, such as "17", and {IF_NONE_MATCH} with *'
    place = f"header {IF_MATCH if match is not None else IF_NONE_MATCH}"
    raise Refused.of(
        400, "faulty-precondition", "nothing was done", (Fault(place, f"takes {what}"),)
    )
