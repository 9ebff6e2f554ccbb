"""API keys as they are shown and changed: what proves a bearer token is told to nobody.

The hash of a token opens nothing, but it tells whoever finds a token whether it is in use here.
"""

from typing import Annotated, Any

import msgspec
from msgspec.structs import asdict, fields

from fencang.gateways.forms.forms import BodyFault, BodyFaults, to_form
from fencang.refdata.api_key import ApiKey, ApiKeyKind

__all__ = ["KeyTerms", "terms_of", "told", "whole_key"]

_HEX = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


def _column(field: msgspec.structs.FieldInfo) -> Any:  # noqa: ANN401 - as ``defstruct`` takes it
    if field.name == "proof_hex":
        return field.name, _HEX | None, None
    return (field.name, field.type) if field.required else (field.name, field.type, field.default)


KeyTerms: Any = msgspec.defstruct(
    "KeyTerms", map(_column, fields(ApiKey)), frozen=True, kw_only=True, module=__name__
)
KeyTerms.__doc__ = """An API key: whose it is, what it opens, from where and how long.

``proof_hex`` is the public key of a signed one, and in a new bearer key the SHA-256 of its token.
That of a bearer token is never shown, and a change that leaves it out keeps what there is.
``sub_tree`` is the node that it may see and trade, with all below it; empty: the whole desk.
``networks`` are where requests may come from; empty: from anywhere.  It opens nothing before
``from_ns`` and nothing at ``until_ns`` and later, nor once it is revoked.
"""


def terms_of(key: ApiKey) -> Any:  # noqa: ANN401 - made at run time
    """Return a key without what proves a bearer token."""
    hidden = {"proof_hex": None} if key.kind is ApiKeyKind.BEARER else {}
    return KeyTerms(**{**asdict(key), **hidden})


def whole_key(terms: Any, present: ApiKey | None) -> ApiKey:  # noqa: ANN401 - made at run time
    """Return the key that is stated; what proves it stays as it is where nothing is said.

    Raises:
        BodyFaults: nothing is said of a new key, or of one that becomes another kind.
    """
    said = asdict(terms)
    if said["proof_hex"] is None:
        if present is None or present.kind is not terms.kind:
            fault = BodyFault("$.item.proof_hex", "missing: it can only stay as it is")
            raise BodyFaults([fault], is_of_form=True)
        said["proof_hex"] = present.proof_hex
    return ApiKey(**said)


def told(message: msgspec.Struct) -> Any:  # noqa: ANN401 - plain values
    """Return a message or reference value as plain values in the API's form, as it may be told."""
    values = msgspec.to_builtins(to_form(message))
    _hide(values)
    return values


def _hide(values: Any) -> None:  # noqa: ANN401 - plain values
    match values:
        case {"type": "ApiKey", "kind": "bearer", "proof_hex": str()}:
            values["proof_hex"] = ""
        case dict():
            for each in values.values():
                _hide(each)
        case list() | tuple():
            for each in values:
                _hide(each)
        case _:
            pass
