"""Models of repairs."""

from maintenance.models.ticket import Intervention, Photo, Ticket, WeakSignal

__all__ = ["Intervention", "Photo", "Ticket", "WeakSignal"]
