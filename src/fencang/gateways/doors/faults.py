"""What an operator meets at the doors.

::

    DoorFault
    ├── StoreUnusable    the file cannot be opened, read or written
    ├── StoreInUse       another process has it
    ├── KeyFileUnusable  the key that seals one-time code seeds is missing, wrong or open to others
    └── HashingBusy      as many passwords as memory allows are being checked; ask again

What a caller did wrong is no fault but a refusal, which is returned.
"""

__all__ = ["DoorFault", "HashingBusy", "KeyFileUnusable", "StoreInUse", "StoreUnusable"]


class DoorFault(Exception):
    """Root of the tree."""


class StoreUnusable(DoorFault):
    """A store of the doors cannot be opened, read or written; nothing of the act was done."""


class StoreInUse(DoorFault):
    """A store that one process must own has an owner."""


class KeyFileUnusable(DoorFault):
    """The file with the sealing key cannot be used."""


class HashingBusy(DoorFault):
    """No password is checked now, because each check takes much memory."""
