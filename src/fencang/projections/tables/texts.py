"""Text that stands for a number or a time, marked so that a client's types can say so.

The marks reach the OpenAPI document as ``format``; nothing is checked by them, because these texts
are written here and read elsewhere.
"""

from typing import Annotated

import msgspec

__all__ = ["DecimalText", "TimeText"]

DecimalText = Annotated[str, msgspec.Meta(extra_json_schema={"format": "decimal"})]
"""An exact decimal number: a price, money, a ratio."""
TimeText = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
"""RFC 3339 time in UTC with nine fractional digits."""
