"""Codes of the staff: what is done to an account, and what is told of it."""

from common.codes import Code


class StaffAct(Code):
    """What opens an account to somebody, or opens more by it."""

    OPEN = "OPEN", "Ouverture du compte"
    LINK = "LINK", "Lien pour choisir un mot de passe"
    ROLE = "ROLE", "Rôle"
    EMAIL = "EMAIL", "Adresse de connexion"


class StaffNotice(Code):
    ASKED = "STAFF_ASKED", "Accès à confirmer"
    CHANGED = "STAFF_CHANGED", "Votre compte a changé"
