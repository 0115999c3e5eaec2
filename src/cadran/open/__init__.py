"""No code: what a database or a file holds is looked at, a screen proposed, shown, or written as a program.

``files`` and ``per_step`` are what such programs are made of, beside ``cadran`` itself.
"""

from cadran.open.files import files
from cadran.open.steps import per_step

__all__ = ["files", "per_step"]
