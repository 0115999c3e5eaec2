"""Arithmetic between single values: a gap stays a gap, and a division by zero is one."""

from __future__ import annotations

import math
import operator

from cadran.errors import UsageError
from cadran.metrics.results import scalar_of
from cadran.readable import Readable, Scalar
from cadran.readable.arithmetic import Arithmetic, Operand

_OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def calculated(readable: Arithmetic, inputs: tuple[object, ...]) -> Scalar:
    """Return the result; None where a side is none, or where there is no such number."""
    values = iter(inputs)
    sides = (readable.left, readable.right)
    left, right = (_number(side, next(values) if isinstance(side, Readable) else side, readable) for side in sides)
    if left is None or right is None or (readable.operation == "/" and right == 0):
        return None
    result = float(_OPERATIONS[readable.operation](left, right))
    return None if math.isnan(result) else result


def _number(side: Operand, value: object, readable: Arithmetic) -> float | None:
    label = side.label if isinstance(side, Readable) else str(side)
    scalar = scalar_of(value, label)
    if isinstance(scalar, str):
        raise UsageError(f"{readable.label} needs a number of {label}, got {scalar!r}")
    return None if scalar is None or math.isnan(scalar) else float(scalar)
