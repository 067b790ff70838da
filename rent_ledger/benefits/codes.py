"""Codes of the benefit statements."""

from common.codes import Code
from common.workflow import Workflow


class BenefitLineState(Code):
    MATCHED = "MATCHED", "Rapprochée"
    UNKNOWN = "UNKNOWN", "Personne inconnue"
    NO_RIGHT = "NO_RIGHT", "Aucune aide attendue"


# What is matched stays matched: a correction comes as a line of its own.
BENEFIT_LINE_FLOW = Workflow(
    {
        BenefitLineState.UNKNOWN: {BenefitLineState.MATCHED},
        BenefitLineState.NO_RIGHT: {BenefitLineState.MATCHED},
        BenefitLineState.MATCHED: set(),
    }
)
