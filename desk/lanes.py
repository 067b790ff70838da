"""How the lanes of arrears are shown: their meaning (icon and hue) and their order on a page."""

from common.links import link
from rent_ledger.enums import Lane
from rent_ledger.filters import SITUATIONS

MEANINGS: dict[str, str] = {
    Lane.NONE: "done",
    Lane.NEW: "new",
    Lane.TECHNICAL: "technical",
    Lane.REFERRED: "social",
    Lane.PAUSED: "paused",
    Lane.GONE: "gone",
}
HUES: dict[str, str] = {
    Lane.NEW: "warn",
    Lane.TECHNICAL: "info",
    Lane.REFERRED: "social",
    Lane.PAUSED: "neutral",
    Lane.GONE: "neutral",
}
# Where work waits first.
ORDER: tuple[str, ...] = (Lane.NEW, Lane.TECHNICAL, Lane.REFERRED, Lane.PAUSED, Lane.GONE)


def arrears_page(lane: str = "") -> str:
    """The list of arrears, of one lane or of all; "" where there is no such page."""
    if not lane:
        return link("rent_ledger:arrears")
    words = {code: word for word, code in SITUATIONS.items()}
    return link("rent_ledger:arrears", situation=words[lane])
