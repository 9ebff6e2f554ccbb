"""The common form of the package's values."""

from typing import dataclass_transform

import msgspec

__all__ = ["Frozen"]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Frozen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Base of parameters and results."""
