"""How what was seen of a dwelling looks."""

from common.looks import Look
from social_link.visits.codes import Finding

FINDINGS: dict[str, Look] = {
    Finding.FINE: Look(Finding.FINE.label, "ok", "check"),
    Finding.WATCH: Look(Finding.WATCH.label, "warn", "eye"),
    Finding.TREAT: Look(Finding.TREAT.label, "danger", "tool"),
}
