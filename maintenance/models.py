"""Models of repairs, re-exported for Django and for the apps above."""

from maintenance.tickets.models import Intervention, Photo, Ticket, WeakSignal

__all__ = ["Intervention", "Photo", "Ticket", "WeakSignal"]
