"""Which addresses a webhook may reach.

A webhook's host is the operator's, but a name can point anywhere, and tomorrow elsewhere: at the
cloud's metadata service, at this machine, at a printer.  So the name is looked up here, every
address it has is checked, and the connection goes to the address that was checked, not to the name.
Only public addresses pass, and those that the settings allow by network.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

from fencang.gateways.alerts.message import ChannelFault

__all__ = ["Address", "Network", "allowed_address", "is_allowed"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Return whether an address is public or lies in an allowed network.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) counts as itself.
    """
    real = _inner(address)
    if any(real.version == network.version and real in network for network in allowed):
        return True
    return real.is_global and not real.is_multicast and not real.is_reserved


def _inner(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


async def allowed_address(host: str, port: int, allowed: Sequence[Network]) -> Address:
    """Return the first address of a host; every address it has must be allowed.

    Raises:
        ChannelFault: the name is unknown, or one of its addresses is not allowed.
    """
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as fault:
        raise ChannelFault(f"{host} has no address: {fault.strerror}") from None
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    refused = [address for address in addresses if not is_allowed(address, allowed)]
    if refused or not addresses:
        raise ChannelFault(f"{host} is {refused[0]}, which the settings do not allow")
    return addresses[0]
