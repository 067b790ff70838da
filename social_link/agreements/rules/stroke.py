"""Whether what was drawn on the screen is a signature: its shape, and that it is more than a slip of the
finger (S0-04: a signature)."""

import re
from itertools import pairwise
from math import hypot

WIDTH, HEIGHT = 600, 200
"""Of the pad, in its own units."""
LONGEST = 4000
"""Signs of a stroke as it is kept."""
STROKE = r"^(M[0-9]{1,3} [0-9]{1,3}(L[0-9]{1,3} [0-9]{1,3})+)+$"
"""Lines of an SVG path, in whole units of the pad; nothing else, so that it is drawn as it is kept."""
LEAST_INK = 60
"""Units of line without which somebody only touched the screen. No text gives it: a choice of the house."""


def is_signature(stroke: str) -> bool:
    """Whether `stroke` is a path within the pad with enough ink."""
    if len(stroke) > LONGEST or not re.fullmatch(STROKE.strip("^$"), stroke):
        return False
    lines = [
        [(int(x), int(y)) for x, y in (point.split(" ") for point in line.split("L"))] for line in stroke[1:].split("M")
    ]
    if any(x > WIDTH or y > HEIGHT for line in lines for x, y in line):
        return False
    return sum(hypot(bx - ax, by - ay) for line in lines for (ax, ay), (bx, by) in pairwise(line)) >= LEAST_INK
