"""Codes of the benefit statements."""

from common.codes import Code
from common.workflow import Workflow


class BenefitLineState(Code):
    MATCHED = "MATCHED", "Rapprochée"
    UNKNOWN = "UNKNOWN", "Personne inconnue"
    NO_RIGHT = "NO_RIGHT", "Aucune aide attendue"
    WITHDRAWN = "OUT", "Retirée"


# What is matched stays matched: a correction comes as a line of its own. A line goes out with its bordereau.
BENEFIT_LINE_FLOW = Workflow(
    {
        BenefitLineState.UNKNOWN: {BenefitLineState.MATCHED, BenefitLineState.WITHDRAWN},
        BenefitLineState.NO_RIGHT: {BenefitLineState.MATCHED, BenefitLineState.WITHDRAWN},
        BenefitLineState.MATCHED: {BenefitLineState.WITHDRAWN},
        BenefitLineState.WITHDRAWN: set(),
    }
)
