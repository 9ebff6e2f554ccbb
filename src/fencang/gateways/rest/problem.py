"""Problems as RFC 9457 has them: what was wrong, where, what is allowed, what became of data."""

import msgspec

from fencang.gateways.forms.forms import BodyFaults
from fencang.gateways.ports import DeskBusy, DeskFault, KeyClosed, RequestReused
from fencang.messages.reasons import Reason

__all__ = ["Fault", "Problem", "Refused", "problem_of"]

NAMESPACE = "urn:fencang:problem:"


class Fault(msgspec.Struct, frozen=True):
    """One fault: where in the request, and what."""

    where: str
    what: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not carried out.

    ``reason`` is the number of the refusal, as in the journal; ``sequence`` the record that a
    refusal stands in; ``faults`` are all of them, not the first.
    """

    type: str
    title: str
    status: int
    detail: str
    reason: int | None = None
    reason_name: str = ""
    faults: tuple[Fault, ...] = ()
    sequence: int | None = None
    control: str = ""
    node_id: str = ""
    limit: int | None = None
    value: int | None = None


class Refused(Exception):
    """A request that ends with a problem."""

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.headers = headers or {}

    @classmethod
    def of(
        cls,
        status: int,
        kind: str,
        detail: str,
        faults: tuple[Fault, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> "Refused":
        """Return a refusal of a kind: lower-case words with hyphens."""
        title = kind.replace("-", " ").capitalize()
        problem = Problem(
            type=NAMESPACE + kind, title=title, status=status, detail=detail, faults=faults
        )
        return cls(problem, headers)

    @classmethod
    def by_desk(cls, reason: Reason, detail: str, sequence: int, **more: object) -> "Refused":
        """Return the refusal of the desk itself; it stands in the journal."""
        problem = Problem(
            type=NAMESPACE + "refused-by-desk",
            title=reason.words.capitalize(),
            status=422,
            detail=detail,
            reason=int(reason),
            reason_name=reason.name.lower(),
            sequence=sequence,
            **more,  # type: ignore[arg-type]
        )
        return cls(problem)


def problem_of(fault: Exception) -> Refused:
    """Return the problem that an operating fault or a faulty body is."""
    match fault:
        case Refused():
            return fault
        case BodyFaults(faults=faults, is_of_form=is_of_form):
            found = tuple(Fault(each.where, each.what) for each in faults)
            count = "one fault" if len(found) == 1 else f"{len(found)} faults"
            detail = f"the body has {count}; nothing was done"
            status, kind = (422, "impossible-values") if is_of_form else (400, "faulty-body")
            return Refused.of(status, kind, detail, found)
        case RequestReused():
            return Refused.of(422, "request-reused", str(fault))
        case DeskBusy():
            return Refused.of(503, "desk-busy", str(fault), headers={"Retry-After": "1"})
        case KeyClosed():
            return Refused.of(403, "key-closed", str(fault))
        case DeskFault():
            detail = f"{fault} Ask again with the same Idempotency-Key: it is never done twice."
            return Refused.of(503, "desk-stopped", detail, headers={"Retry-After": "5"})
        case _:
            raise fault
