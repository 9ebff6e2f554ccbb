"""One operation of the API, stated once: its route, its rights, its document and what it does."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from fencang.gateways.caller import Caller
from fencang.gateways.ports import ServedDesk
from fencang.gateways.rest.problem import Fault, Refused
from fencang.messages.origin import Origin

__all__ = ["Call", "Handler", "Operation", "Parameter", "Reply", "links_with"]


class Parameter(NamedTuple):
    """A parameter in the path or the query; ``type`` is what its text must convert to."""

    name: str
    type: Any
    description: str
    is_in_path: bool = False


class Reply(NamedTuple):
    """What a handler answers; ``value`` is encoded as JSON, bytes go out as they are."""

    value: Any
    status: int = 200
    headers: Mapping[str, str] = {}
    media_type: str = "application/json"


class Call(NamedTuple):
    """One admitted request: who, the parameters as their types, the body, and the desk."""

    caller: Caller
    parameters: Mapping[str, Any]
    body: bytes
    headers: Mapping[str, str]
    origin: Origin
    desk: ServedDesk


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method on one path below ``/v1``.

    ``scope`` is what a caller's key must have, "" for what needs no key.  ``body`` is the form of
    the request's body, ``answer`` the type of the reply; ``is_write`` asks for an Idempotency-Key.
    """

    method: str
    path: str
    name: str
    tag: str
    summary: str
    scope: str
    handler: Handler
    answer: Any
    status: int = 200
    body: type[msgspec.Struct] | None = None
    parameters: tuple[Parameter, ...] = ()
    is_write: bool = False
    is_conditional: bool = False
    """Whether a write says which version it was made for."""
    description: str = ""
    statuses: tuple[int, ...] = field(default=())
    links: tuple[tuple[str, str, str], ...] = field(default=())
    """What to ask with the answer: operation, its parameter, where in the answer that stands."""

    def read_parameters(
        self, path: Mapping[str, str], query: Mapping[str, list[str]]
    ) -> dict[str, Any]:
        """Return the parameters as their types; absent ones are left out.

        Raises:
            Refused: parameters that are unknown, doubled or of another type, all of them.
        """
        found: dict[str, Any] = {}
        faults: list[Fault] = []
        known = {each.name for each in self.parameters if not each.is_in_path}
        for name, texts in query.items():
            if name not in known:
                allowed = ", ".join(sorted(known)) or "none"
                faults.append(Fault(f"query {name}", f"unknown; there are {allowed}"))
            elif len(texts) > 1:
                faults.append(Fault(f"query {name}", "given more than once"))
        for parameter in self.parameters:
            given = (
                (path.get(parameter.name),) if parameter.is_in_path else query.get(parameter.name)
            )
            text = given[0] if given else None
            if text is None:
                continue
            try:
                found[parameter.name] = msgspec.convert(text, parameter.type, strict=False)
            except msgspec.ValidationError as fault:
                place = "path" if parameter.is_in_path else "query"
                faults.append(Fault(f"{place} {parameter.name}", str(fault)))
        if faults:
            raise Refused.of(
                400, "faulty-parameters", "parameters are faulty; nothing was done", tuple(faults)
            )
        return found


def links_with(parameter: str, place: str, *operations: str) -> tuple[tuple[str, str, str], ...]:
    """Return what to ask with one value of an answer: operations that take it as a parameter.

    ``place`` is a JSON pointer into the answer.
    """
    return tuple((name, parameter, place) for name in operations)
