"""The twelve rights: whose they are, which tell of health, since when they exist (general knowledge, law.md A4b)."""

from datetime import date

from social_link.rights.codes import RightKind
from social_link.rights.rules.kinds import HEALTH, KINDS, PERSONAL, existed_on


def test_the_twelve() -> None:
    """Whose they are, which tell of health, since when they exist."""
    assert len(KINDS) == len(RightKind) == 12
    assert set(HEALTH) == {"COVER", "CSS", "AAH", "MDPHFILE"}
    assert set(PERSONAL) == {*HEALTH, "ARE", "OLD_AGE"}
    assert [existed_on(RightKind.TOP_UP, day) for day in (date(2019, 10, 31), date(2019, 11, 1))] == [False, True]
    assert existed_on(RightKind.FAMILY, date(1990, 1, 1))
