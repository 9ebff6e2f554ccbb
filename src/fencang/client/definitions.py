"""Reference values as types: taken from a desk, changed by ``msgspec.structs.replace``, sent."""

from typing import Any, cast

import msgspec

from fencang.client.errors import Unexpected
from fencang.client.types import Definition, DefinitionForm
from fencang.client.wire import as_type

__all__ = ["definition_of"]


def definition_of(form: DefinitionForm) -> Definition:
    """Return what a definition says, as the type of its kind.

    Raises:
        Unexpected: it is of a kind, or has fields, that this version of the client does not know.
    """
    try:
        found: Definition = as_type(form.item, cast("Any", Definition))
    except msgspec.ValidationError as fault:
        raise Unexpected(f"{form.kind} {form.key} is of a newer desk: {fault}") from fault
    return found
