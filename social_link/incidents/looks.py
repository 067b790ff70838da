"""How neighbour incidents look."""

from common.looks import Look
from social_link.incidents.codes import IncidentState

STATES: dict[str, Look] = {
    IncidentState.OPEN: Look(IncidentState.OPEN.label, "running", ""),
    IncidentState.SETTLED: Look(IncidentState.SETTLED.label, "done", ""),
}
