"""The cookie of a browser that has shown the token: an expiry and its signature, nothing else."""

from __future__ import annotations

import hashlib
import hmac

LIFE_SECS = 90 * 24 * 3600
"""Past half of it any answer renews the cookie: a screen on a wall never meets the door again."""


class CookieSigner:
    """Signs and checks cookies with a key that comes from the token: a new token ends every cookie."""

    def __init__(self, token: str) -> None:
        self._key = hmac.digest(token.encode(), b"cadran cookie key, version 1", "sha256")
        self.name = "cadran-" + hashlib.sha256(b"name" + self._key).hexdigest()[:8]
        """Differs by token: cookies do not tell the ports of one host apart."""

    def sign(self, now: float) -> str:
        """Return a cookie's value. ``now``: wall seconds."""
        expiry = str(int(now) + LIFE_SECS)
        return f"{expiry}.{self._signature(expiry)}"

    def is_valid(self, value: str, now: float) -> bool:
        return self.remaining_secs(value, now) > 0

    def remaining_secs(self, value: str, now: float) -> float:
        """Return how long a cookie is still good; 0 if it is not ours or has expired."""
        expiry, _, signature = value.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(expiry).encode()):
            return 0.0
        return max(0.0, int(expiry) - now)

    def _signature(self, expiry: str) -> str:
        return hmac.digest(self._key, expiry.encode(), "sha256").hex()

    def header(self, now: float, path: str, is_secure: bool) -> str:
        """Return a Set-Cookie header."""
        secure = "; Secure" if is_secure else ""
        value = self.sign(now)
        return f"{self.name}={value}; Path={path}; Max-Age={LIFE_SECS}; HttpOnly; SameSite=Strict{secure}"
