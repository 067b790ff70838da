"""What the benchmarks write by SQL of their own follows the columns of the tables."""

import pytest

from social_link.models import Contact, Measure, Referent
from tests.benchmarks import social
from tests.factories import make_household

pytestmark = pytest.mark.django_db


def test_the_seed_of_the_social_pole_is_accepted() -> None:
    make_household()
    social._seed()
    assert (Referent.objects.count(), Measure.objects.count()) == (1, 1)
    assert Contact.objects.count() == social.EACH
