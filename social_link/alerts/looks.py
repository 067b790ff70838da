"""How alerts look."""

from common.looks import Look
from social_link.alerts.codes import AlertRule

URGENT = Look("Signal urgent", "danger", "alert-triangle")
RULES: dict[str, Look] = {
    AlertRule.FIRST_DEFAULT: Look(AlertRule.FIRST_DEFAULT.label, "warn", "coin-euro"),
    AlertRule.SECOND_DEFAULT: Look(AlertRule.SECOND_DEFAULT.label, "warn", "coin-euro"),
    AlertRule.THRESHOLD: Look(AlertRule.THRESHOLD.label, "warn", "building-community"),
    AlertRule.BENEFIT_FELL: Look(AlertRule.BENEFIT_FELL.label, "info", "trending-down"),
    AlertRule.SILENCE: Look(AlertRule.SILENCE.label, "neutral", "user-off"),
    AlertRule.RHYTHM: Look(AlertRule.RHYTHM.label, "neutral", "user-off"),
    AlertRule.TWO_ABSENCES: Look(AlertRule.TWO_ABSENCES.label, "neutral", "door-exit"),
    AlertRule.WEAK_SIGNAL: Look(AlertRule.WEAK_SIGNAL.label, "warn", "eye"),
    AlertRule.REQUESTED: Look(AlertRule.REQUESTED.label, "rent", "message-report"),
}
