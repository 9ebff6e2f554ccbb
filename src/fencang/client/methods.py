"""Methods that are declared once and are blocking on one desk and awaitable on the other.

``place = Method(submit_order)`` gives ``Resource[Blocking]`` a method that returns the answer, and
``Resource[Awaiting]`` one that returns a coroutine, with the parameters of ``submit_order``.  Type
checkers see both.
"""

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar, get_args, overload

from fencang.client.ask import Ask, RowsAnswer
from fencang.client.transports import Awaiting, Blocking

__all__ = ["Listing", "Method", "Resource", "TransportT"]

P = ParamSpec("P")
AnswerT = TypeVar("AnswerT")
RowT = TypeVar("RowT")
TransportT = TypeVar("TransportT", bound=Blocking | Awaiting)


class Resource(Generic[TransportT]):
    """What is asked through one transport."""

    def __init__(self, transport: TransportT) -> None:
        self._transport: TransportT = transport


class Method(Generic[P, AnswerT]):
    """A method that asks one question."""

    def __init__(self, ask: Callable[P, Ask[AnswerT]]) -> None:
        self.ask = ask
        self.__doc__ = ask.__doc__
        self._shown: inspect.Signature | None = None

    @overload
    def __get__(self, resource: None, owner: type) -> "Method[P, AnswerT]": ...
    @overload
    def __get__(self, resource: Resource[Blocking], owner: type) -> Callable[P, AnswerT]: ...
    @overload
    def __get__(
        self, resource: Resource[Awaiting], owner: type
    ) -> Callable[P, Coroutine[Any, Any, AnswerT]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        """Return the method of a resource."""
        if resource is None:
            return self
        transport, ask = resource._transport, self.ask  # noqa: SLF001 - the two are one

        @wraps(ask)
        def call(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 - either of the two
            return transport.run(ask(*args, **kwargs))

        self._shown = self._shown or _shown(ask)
        call.__signature__ = self._shown  # type: ignore[attr-defined]
        return call


class Listing(Generic[P, RowT]):
    """A method that goes through the rows of a list, page by page."""

    def __init__(self, ask: Callable[P, Ask[RowsAnswer[RowT]]]) -> None:
        self.ask = ask
        self.__doc__ = ask.__doc__
        self._shown: inspect.Signature | None = None

    @overload
    def __get__(self, resource: None, owner: type) -> "Listing[P, RowT]": ...
    @overload
    def __get__(self, resource: Resource[Blocking], owner: type) -> Callable[P, Iterator[RowT]]: ...
    @overload
    def __get__(
        self, resource: Resource[Awaiting], owner: type
    ) -> Callable[P, AsyncIterator[RowT]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        """Return the method of a resource."""
        if resource is None:
            return self
        transport, ask = resource._transport, self.ask  # noqa: SLF001 - the two are one

        @wraps(ask)
        def call(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 - either of the two
            return transport.rows(ask(*args, **kwargs))

        self._shown = self._shown or _shown(ask)
        call.__signature__ = self._shown  # type: ignore[attr-defined]
        return call


def _shown(ask: Callable[..., Any]) -> inspect.Signature:
    """Return what ``help`` shows of a method: it gives the answer, not the request."""
    signature = inspect.signature(ask)
    return signature.replace(return_annotation=get_args(signature.return_annotation)[0])
