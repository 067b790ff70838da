"""Reading who we are."""

from office.house.models import Association


def this_association() -> Association | None:
    """Who runs this Ancrage, or None before it is set up. Nothing else knows: one database is one association."""
    return Association.objects.first()
