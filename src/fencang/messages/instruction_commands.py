"""Commands about dated instructions: what a tier lets take effect on the next trading day."""

from typing import Annotated

import msgspec

from fencang.messages.message import Command, Interface
from fencang.refdata.definition import Identifier

__all__ = ["CancelInstruction"]


class CancelInstruction(Command, tag="CancelInstruction.1"):
    """Take back an instruction of the own sub-account that still waits; one person is enough."""

    instruction_id: Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]
    sub_account_id: Identifier
    entered_by: Identifier
    interface: Interface = Interface.INTERNAL
