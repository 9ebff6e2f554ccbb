"""What can go wrong with a call.

::

    FencangError
    ├── Refused       the desk decided against it: reason, control, node, limit and value
    ├── BadRequest    it does not say what is wanted: every fault with its place
    ├── NotAllowed    no valid key, or one that may not do that
    ├── NotFound      nothing of that name
    ├── Outdated      it was based on a version that is no longer the present one
    └── Unsettled     nobody knows yet; asking again settles it
        ├── Busy          the desk takes no more now, and went on saying so
        ├── Unreachable   no answer came
        └── Unexpected    an answer came that is none of this API's

After the first five nothing was done; ``Refused`` stands in the journal as refused.  The last three
say by ``may_be_done`` whether a write may have been done all the same: ask again with the same
``idempotency_key``, and it is done once, however often it is asked.
"""

import msgspec

__all__ = [
    "BadRequest",
    "Busy",
    "Fault",
    "FencangError",
    "NotAllowed",
    "NotFound",
    "Outdated",
    "Refused",
    "Unexpected",
    "Unreachable",
    "Unsettled",
]


class Fault(msgspec.Struct, frozen=True):
    """One fault of a request: where, and what."""

    where: str
    what: str


class FencangError(Exception):
    """Root of the tree; ``idempotency_key`` names the request if it was a write."""

    def __init__(self, message: str, *, idempotency_key: str = "") -> None:
        super().__init__(message)
        self.idempotency_key = idempotency_key


class Refused(FencangError):
    """The desk refused it.

    ``reason`` is the number, the same for ever, and ``reason_name`` its word.  ``control`` and
    ``node_id`` say what refused and where; ``limit`` and ``value`` its numbers, None where there
    are none; ``sequence`` the record in which the refusal stands.
    """

    def __init__(
        self,
        message: str,
        *,
        idempotency_key: str = "",
        reason: int = 0,
        reason_name: str = "",
        control: str = "",
        node_id: str = "",
        limit: int | None = None,
        value: int | None = None,
        sequence: int | None = None,
    ) -> None:
        super().__init__(message, idempotency_key=idempotency_key)
        self.reason = reason
        self.reason_name = reason_name
        self.control = control
        self.node_id = node_id
        self.limit = limit
        self.value = value
        self.sequence = sequence


class BadRequest(FencangError):
    """The request is faulty; ``faults`` are all of them."""

    def __init__(
        self, message: str, *, idempotency_key: str = "", faults: tuple[Fault, ...] = ()
    ) -> None:
        super().__init__(message, idempotency_key=idempotency_key)
        self.faults = faults


class NotAllowed(FencangError):
    """No valid key, or one that may not do that.

    ``clock_skew_s`` is how far this computer's clock is ahead of the desk's (negative: behind),
    where the desk found the signature too old or too new; None otherwise.
    """

    def __init__(
        self, message: str, *, idempotency_key: str = "", clock_skew_s: float | None = None
    ) -> None:
        super().__init__(message, idempotency_key=idempotency_key)
        self.clock_skew_s = clock_skew_s


class NotFound(FencangError):
    """Nothing of that name is there, or none that this key reaches."""


class Outdated(FencangError):
    """The version that the request was based on is not the present one."""


class Unsettled(FencangError):
    """It is not known what became of the request; ``may_be_done`` says if it may have been done."""

    def __init__(
        self, message: str, *, idempotency_key: str = "", may_be_done: bool = False
    ) -> None:
        super().__init__(message, idempotency_key=idempotency_key)
        self.may_be_done = may_be_done


class Busy(Unsettled):
    """The desk takes no more now; ``retry_after_s`` is when it wants to be asked again."""

    def __init__(
        self,
        message: str,
        *,
        idempotency_key: str = "",
        may_be_done: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, idempotency_key=idempotency_key, may_be_done=may_be_done)
        self.retry_after_s = retry_after_s


class Unreachable(Unsettled):
    """No answer came: no connection, or none in time."""


class Unexpected(Unsettled):
    """The answer is none of this API's: another version, a proxy, or a fault of the desk."""
