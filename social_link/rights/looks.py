"""How rights look."""

from social_link.rights.codes import Due, RightState

STATES: dict[RightState, str] = {
    RightState.OPEN: "ok",
    RightState.ASKED: "plan",
    RightState.REFUSED: "danger",
    RightState.APPEALED: "plan",
    RightState.NONE: "neutral",
    RightState.UNKNOWN: "neutral",
}
"""The meaning of each state."""
DUES: dict[Due, tuple[str, str]] = {
    Due.RENEW: (Due.RENEW.label, "warn"),
    Due.RENEW_LATE: (Due.RENEW_LATE.label, "danger"),
    Due.CONTEST: (f"{RightState.REFUSED.label}, contestable", "danger"),
}
