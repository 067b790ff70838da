"""The icon and hue of each meaning, everywhere. Pure data, rendered by `common.templatetags.marks`."""

from typing import NamedTuple

HUES = frozenset({"ok", "warn", "danger", "info", "social", "tech", "rent", "neutral", "strong"})
# Each meaning has one hue and one icon, everywhere (design: icons never change meaning).
MEANINGS: dict[str, tuple[str, str]] = {
    "new": ("warn", "circle-dot"),
    "technical": ("info", "hourglass"),
    "plan": ("ok", "calendar-check"),
    "social": ("social", "heart-handshake"),
    "paused": ("neutral", "player-pause"),
    "legal": ("strong", "gavel"),
    "gone": ("neutral", "door-exit"),
    "done": ("ok", "circle-check"),
    "todo": ("neutral", "clock"),
    "due": ("warn", "clock"),
    "late": ("danger", "alert-octagon"),
    "running": ("info", "loader-2"),
    "incomplete": ("neutral", "circle-dashed"),
    "attention": ("warn", "alert-triangle"),
    "reserved": ("neutral", "lock"),
    "offline": ("neutral", "cloud-off"),
    "queued": ("neutral", "cloud-up"),
}
# Trade → its hue, its icon, its name.
TRADES: dict[str, tuple[str, str, str]] = {
    "rent": ("rent", "coin-euro", "Gestion locative"),
    "social": ("social", "heart-handshake", "Social"),
    "tech": ("tech", "tool", "Technique"),
}


class Look(NamedTuple):
    """How a state is shown: `{% badge look.label look.meaning icon=look.icon %}`. `meaning` may be a bare hue."""

    label: str
    meaning: str
    icon: str = ""
