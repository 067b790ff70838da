"""The icons that pages may name: those of the sprite that the browser receives."""

import re
from functools import cache
from pathlib import Path

SPRITE = Path(__file__).parent / "static" / "vendor" / "icons.svg"


@cache
def icons() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="i-([^"]+)"', SPRITE.read_text()))
