"""One-time codes (RFC 6238): six digits of a seed and half a minute, each accepted once."""

import base64
import hmac
from typing import Final

from fencang.basics.time import SECOND_NS
from fencang.gateways.secret import Secret

__all__ = ["SEED_BYTES", "STEP_S", "enrolment_address", "matched_step", "seed_of"]

SEED_BYTES: Final = 20
"""160 bits, as RFC 4226 recommends for HMAC-SHA-1, which is what every authenticator knows."""
STEP_S: Final = 30
_DIGITS: Final = 6
_STEPS_AROUND = (-1, 0, 1)


def seed_of(chance: bytes) -> Secret:
    """Return twenty bytes of chance as the text that authenticators take (base32)."""
    assert len(chance) == SEED_BYTES, len(chance)
    return Secret(base64.b32encode(chance).decode())


def enrolment_address(seed: Secret, user_id: str, desk_id: str) -> Secret:
    """Return the ``otpauth://`` address that a QR code shows to an authenticator."""
    from pyotp import TOTP

    return Secret(
        TOTP(seed.reveal()).provisioning_uri(name=user_id, issuer_name=f"fencang {desk_id}")
    )


def matched_step(seed: Secret, code: Secret, time_ns: int, last_step: int) -> int | None:
    """Return the step whose code it is, one before or after now at most; None where it is none.

    Steps up to ``last_step`` were used, or lie before one that was: their codes are dead.  The
    caller keeps the step durably before it lets anybody in.
    """
    from pyotp import HOTP

    text = code.reveal()
    if len(text) != _DIGITS or not text.isascii() or not text.isdigit():
        text = "-" * _DIGITS  # as long a comparison, and never equal
    generator = HOTP(seed.reveal())
    now = time_ns // SECOND_NS // STEP_S
    matched = None
    for around in _STEPS_AROUND:  # all of them, so that time does not tell which
        step = now + around
        if hmac.compare_digest(generator.at(step), text) and step > last_step:
            matched = step
    return matched
