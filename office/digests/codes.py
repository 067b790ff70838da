"""Codes of what leaves for the people of the house."""

from common.codes import Code


class StaffMessage(Code):
    """What is sent to somebody of the house. It says that something waits, never what."""

    DIGEST = "STAFF_DIGEST", "Récapitulatif du matin"
    URGENT = "STAFF_URGENT", "Alerte urgente, à l’équipe"
    MOVED = "STAFF_MOVED", "Adresse de connexion changée"


class StaffNotice(Code):
    """What who looks after the accounts is told."""

    NOT_TOLD = "STAFF_NOT_TOLD", "Alerte urgente non remise"
