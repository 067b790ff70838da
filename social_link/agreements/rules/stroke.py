"""Whether what was drawn on the screen is a signature: its shape, and that it is more than a slip of the finger."""

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
    ink = 0.0
    for line in stroke[1:].split("M"):
        points = [tuple(map(int, point.split(" "))) for point in line.split("L")]
        if any(x > WIDTH or y > HEIGHT for x, y in points):
            return False
        ink += sum(hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points))
    return ink >= LEAST_INK
