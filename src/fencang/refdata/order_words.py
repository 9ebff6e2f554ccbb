"""The words of an order that reference values name too: its type, how long it stands, its door.

Commands and events take them from ``messages/message.py``.
"""

from enum import IntEnum

__all__ = ["Interface", "OrderType", "TimeInForce"]


class OrderType(IntEnum):
    """Numbers as in FIX tag 40."""

    MARKET = 1
    LIMIT = 2
    STOP = 3
    STOP_LIMIT = 4


class TimeInForce(IntEnum):
    """Numbers as in FIX tag 59."""

    DAY = 0
    GTC = 1
    IOC = 3
    FOK = 4
    GTD = 6


class Interface(IntEnum):
    """The door that a command came in by; INTERNAL is the desk's own process and command line."""

    INTERNAL = 0
    REST = 1
    WEBSOCKET = 2
    FIX = 3
