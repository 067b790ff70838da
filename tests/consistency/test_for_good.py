"""What was closed stays closed, whoever writes: an address without account, a token."""

from datetime import date
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, models, transaction

from common import clock
from common.db import constraint_name
from office.models import ApiToken
from social_link.models import ReferralLink
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def _rows() -> dict[type[models.Model], Any]:
    return {
        ApiToken: ApiToken.objects.create(
            user=make_user(), label="Essai", digest="a" * 64, expires_on=date(2027, 1, 1)
        ),
        ReferralLink: ReferralLink.objects.create(
            kind="INTAKE", referrer="CCAS", digest="b" * 64, ends_on=date(2027, 1, 1)
        ),
    }


def test_every_model_with_a_closing_is_here() -> None:
    assert {model for model, trigger in pgtrigger.registered() if trigger.name == "revoked_at_for_good"} == set(_rows())


@pytest.mark.parametrize("later", [None, "again"])
def test_a_closing_stands(later: str | None) -> None:
    for model, row in _rows().items():
        rows = model._default_manager.filter(pk=row.pk)
        rows.update(revoked_at=clock.now())
        # The same again is none.
        rows.update(revoked_at=rows.get().revoked_at)
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            rows.update(revoked_at=None if later is None else clock.now().replace(year=2025))
        assert constraint_name(refused.value).startswith("pgtrigger_revoked_at_for_good_")
