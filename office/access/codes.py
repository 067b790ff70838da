"""Codes of access: roles, home pages, scopes of a token."""

from common.codes import Code


class Role(Code):
    """What a person of the house does here (columns of the access matrix)."""

    RENTAL_MANAGER = "RENTAL_MANAGER", "Gestion locative"
    TECHNICIAN = "TECHNICIAN", "Technique"
    SOCIAL_WORKER = "SOCIAL_WORKER", "Travail social"
    HEAD_OF_SOCIAL = "HEAD_OF_SOCIAL", "Responsable du service social"
    DIRECTOR = "DIRECTOR", "Direction"
    FUNDER = "FUNDER", "CCAS ou financeur"
    ADMINISTRATOR = "ADMINISTRATOR", "Administration"


class SignInOutcome(Code):
    """What came of somebody who wanted to sign in."""

    DONE = "DONE", "Connexion"
    PASSWORD = "PASSWORD", "Mot de passe refusé"
    FACTOR = "FACTOR", "Code du deuxième facteur refusé"
    CLOSED = "CLOSED", "Compte fermé"
    UNKNOWN = "UNKNOWN", "Adresse inconnue"


class Home(Code):
    """The home pages, each with its menu; the label names it for who has several."""

    RENTAL = "RENTAL", "Gestion locative"
    SOCIAL = "SOCIAL", "Travail social"
    HEAD = "HEAD", "Service social"
    TECHNICAL = "TECHNICAL", "Technique"
    DIRECTION = "DIRECTION", "Direction"
    FUNDER = "FUNDER", "Financeur"
    HOUSE = "HOUSE", "Administration"
    PLAIN = "PLAIN", "Accueil"
    """No figures: what the menu holds."""


class TokenScope(Code):
    """What a token of the API may do, within what its user's roles allow."""

    STOCK_READ = "stock:read", "Lire le parc"
    STOCK_WRITE = "stock:write", "Modifier le parc"
    LEASES_READ = "leases:read", "Lire les ménages et les contrats"
    LEASES_WRITE = "leases:write", "Modifier les ménages et les contrats"
    LEDGER_READ = "rent_ledger:read", "Lire les comptes"
    LEDGER_WRITE = "rent_ledger:write", "Enregistrer des écritures et des relevés"
    MESSAGES_READ = "messages:read", "Lire les messages aux ménages"
    MESSAGES_WRITE = "messages:write", "Retirer et renvoyer des messages"
    MAINTENANCE_READ = "maintenance:read", "Lire les demandes techniques"
    MAINTENANCE_WRITE = "maintenance:write", "Modifier les demandes techniques"
    SOCIAL_READ = "social_link:read", "Lire le suivi social"
    SOCIAL_WRITE = "social_link:write", "Modifier le suivi social"
    OFFICE_READ = "office:read", "Lire les réglages et les travaux"
    OFFICE_WRITE = "office:write", "Modifier les réglages"
    TASKS_READ = "tasks:read", "Lire ses tâches, avec les noms qui y sont"
    TASKS_WRITE = "tasks:write", "Confier ses tâches"
