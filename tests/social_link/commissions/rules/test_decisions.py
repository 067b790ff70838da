"""Quorum, months and answers of a commission, by hand. No text sets them: they are practice."""

import pytest

from social_link.commissions.codes import Ask, CommissionKind, Ruling
from social_link.commissions.rules.decisions import ANSWERS, GRANTS, KINDS, missing_members


@pytest.mark.parametrize(
    ("quorum", "present", "missing"), [(None, 0, 0), (1, 0, 1), (3, 2, 1), (3, 3, 0), (3, 5, 0), (5, 1, 4)]
)
def test_quorum(quorum: int | None, present: int, missing: int) -> None:
    assert missing_members(quorum, present) == missing


def test_what_is_asked_has_its_answers() -> None:
    assert set(ANSWERS) == set(Ask)
    for ask, answers in ANSWERS.items():
        assert {Ruling.NO, Ruling.ADJOURNED} < set(answers), ask
        assert (Ruling.RENEWED in answers) == (ask == Ask.RENEWAL)
        assert (Ruling.ENDED in answers) == (ask in (Ask.RENEWAL, Ask.END))
    assert {Ruling.YES, Ruling.RENEWED} == GRANTS


def test_a_measure_comes_to_one_commission() -> None:
    assert set(KINDS) == set(CommissionKind)
    found = [kind for kinds in KINDS.values() for kind in kinds]
    assert len(found) == len(set(found)) == 12
