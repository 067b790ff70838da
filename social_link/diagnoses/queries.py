"""What pages and API read of the diagnoses."""

from django.db.models import QuerySet

from office.access.actor import Actor
from social_link.contacts.perms import followed_by
from social_link.diagnoses.models import Diagnosis


def diagnoses_for(actor: Actor) -> QuerySet[Diagnosis]:
    """The versions of the households that the actor follows, those that were withdrawn too."""
    return Diagnosis.objects.filter(household__in=followed_by(actor)).select_related("household", "author")
