"""How the state of an objective looks."""

from common.looks import Look
from social_link.objectives.codes import HowFar

NOT_YET = Look("À commencer", "incomplete")
STATES: dict[str, Look] = {
    HowFar.MOVES_ON: Look(HowFar.MOVES_ON.label, "running"),
    HowFar.STUCK: Look(HowFar.STUCK.label, "attention"),
    HowFar.REACHED: Look(HowFar.REACHED.label, "done"),
    HowFar.GIVEN_UP: Look(HowFar.GIVEN_UP.label, "paused"),
}
