from typing import Any

from django.apps import AppConfig


class SocialLinkApp(AppConfig):
    name = "social_link"

    def ready(self) -> None:
        _hold_signatures()


def _hold_signatures() -> None:
    """The day of a contract with which a measure was signed stays, until the measure gives it back."""
    from leases.contracts.signals import signature_ends
    from social_link.measures.services.measures import refuse_signature_ends

    def ends(*, lease_id: int, **_: Any) -> None:
        refuse_signature_ends(lease_id)

    signature_ends.connect(ends, weak=False, dispatch_uid="social_link")
