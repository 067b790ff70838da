"""What the facts suggest to ask: hand cases (S0-08). Never of what was said already, never by health."""

from typing import Any

import pytest

from social_link.budgets.codes import Resource as R
from social_link.rights.codes import RightKind, RightState
from social_link.rights.rules.hints import HintParams, Situation, hints

PARAMS = HintParams(rsa=25, old=65, child=20, children=2)
ALONE: dict[str, Any] = {
    "resources": {R.MINIMUM}, "before": (), "ages": [40], "children": [], "pays_rent": False, "has_aid": False,
    "has_debts": False,
}  # fmt: skip

# title, what is other, states said, rights hinted
CASES = [
    ("nothing to say", {}, {}, []),
    ("rent, no aid", {"pays_rent": True}, {}, ["HOUSING"]),
    ("rent, an aid", {"pays_rent": True, "has_aid": True}, {}, []),
    ("rent, the aid was asked", {"pays_rent": True}, {"HOUSING": ["ASKED"]}, []),
    ("rent, the aid was refused", {"pays_rent": True}, {"HOUSING": ["REFUSED"]}, []),
    ("rent, nobody knows", {"pays_rent": True}, {"HOUSING": ["UNKNOWN"]}, ["HOUSING"]),
    ("a salary", {"resources": {R.WORK}}, {}, ["ACTIVITY"]),
    ("a salary with the prime", {"resources": {R.WORK, R.ACTIVITY}}, {}, []),
    ("a salary, said not to concern", {"resources": {R.WORK}}, {"ACTIVITY": ["NONE"]}, []),
    ("nothing comes in at 25", {"resources": set(), "ages": [25]}, {}, ["RSA"]),
    ("nothing comes in at 24", {"resources": set(), "ages": [24]}, {}, []),
    ("nothing comes in at 65: the ASPA", {"resources": set(), "ages": [65]}, {}, ["OLD_AGE"]),
    ("family benefits alone", {"resources": {R.FAMILY}}, {}, ["RSA"]),
    ("a pension at 70", {"resources": {R.PENSION}, "ages": [70]}, {}, []),
    ("two children, nothing", {"children": [3, 19]}, {}, ["FAMILY"]),
    ("two children, one of 20", {"children": [3, 20]}, {}, []),
    ("two children with benefits", {"children": [3, 5], "resources": {R.MINIMUM, R.FAMILY}}, {}, []),
    ("debts", {"has_debts": True}, {}, ["FSL"]),
    ("the RSA is open", {}, {"RSA": ["OPEN"]}, ["CSS"]),
    ("the RSA is open, the cover of one of two is", {}, {"RSA": ["OPEN"], "CSS": ["OPEN", "UNKNOWN"]}, []),
    ("the RSA was asked", {}, {"RSA": ["ASKED"]}, []),
    ("work was lost", {"resources": {R.FAMILY}, "before": {R.WORK}}, {"RSA": ["ASKED"]}, ["ARE"]),
    ("work was lost, unemployment is paid", {"resources": {R.UNEMPLOYED}, "before": {R.WORK}}, {}, []),
    ("no budget: only the rent is known", {"resources": None, "pays_rent": True, "ages": [70]}, {}, ["HOUSING"]),
]  # fmt: skip


@pytest.mark.parametrize(("other", "said", "hinted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_hinted(other: dict[str, Any], said: dict[str, list[str]], hinted: list[str]) -> None:
    states = {RightKind(kind): [RightState(state) for state in found] for kind, found in said.items()}
    found = hints(Situation(**(ALONE | other)), states, PARAMS)
    assert [hint.kind for hint in found] == hinted
    assert all(hint.why.text() for hint in found)


def test_disability_is_never_hinted() -> None:
    """Whatever the facts are."""
    everything = Situation({R.WORK}, {R.WORK}, [18, 25, 65, 90], [1, 2, 3], True, False, True)
    states = {kind: [RightState.OPEN] for kind in (RightKind.RSA,)}
    assert not {"AAH", "MDPHFILE", "COVER"} & {hint.kind for hint in hints(everything, states, PARAMS)}
