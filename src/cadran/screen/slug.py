"""Short names made from titles, for keys and addresses."""

from __future__ import annotations

import re
import unicodedata


def slug_from(text: str) -> str:
    """Return ``text`` in lower case without accents, other signs as single dashes; may be empty.

    Letters of any script stay: ``"Ventes d'été"`` gives ``ventes-d-ete``, ``"温度"`` stays.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", plain).casefold()
    return re.sub(r"[\W_]+", "-", plain).strip("-")
