"""Whether somebody must set up a second factor before he does anything else."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from office.access.actor import Actor

MESSAGE = "Votre rôle demande un deuxième facteur : installez-le pour continuer."


def lacks_second_factor(actor: Actor) -> bool:
    """By a session or by a token. One query, and only where a role of `MFA_REQUIRED_ROLES` asks for it."""
    required = settings.MFA_REQUIRED_ROLES
    return bool(required) and actor.user is not None and actor.has_role(*required) and not is_mfa_enabled(actor.user)
