"""The menu by role: what each role finds at the left of every page, and at the bottom of a phone.

A table of url names. A name that does not resolve is left out, so a page enters the menu when its url exists.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One entry. `short` is its word in the tab bar, `go` its letter after G, `hue` the colour of its count."""

    name: str
    label: str
    icon: str
    short: str = ""
    go: str = ""
    hue: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A section: `title` is empty for the first and the last."""

    title: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    groups: tuple[Group, ...]
    tabs: tuple[str, ...]


PLACES: dict[str, Place] = {
    place.name: place
    for place in (
        Place("desk:home", "Accueil", "home", go="A"),
        Place("desk:figures", "Indicateurs", "chart-line", short="Chiffres"),
        Place("desk:sliding", "Baux glissants", "home-move"),
        Place("desk:exports", "Bilans et exports", "report-analytics", short="Bilans"),
        Place("rent_ledger:arrears", "Impayés", "urgent", go="I", hue="warn"),
        Place("rent_ledger:runs", "Quittancement", "file-invoice", short="Avis"),
        Place("rent_ledger:benefits", "Aides CAF", "building-community"),
        Place("rent_ledger:bank", "Banque", "building-bank", go="B"),
        Place("rent_ledger:payments", "Encaissements", "cash", short="Caisse"),
        Place("rent_ledger:landlord_payments", "Reversements", "transfer-out"),
        Place("rent_ledger:closing", "Clôture du mois", "lock", short="Clôture"),
        Place("leases:households", "Ménages", "users", go="M"),
        Place("leases:leases", "Contrats", "file-text"),
        Place("leases:moves", "Entrées et sorties", "door-enter", short="Entrées"),
        Place("stock:dwellings", "Logements", "building", go="L"),
        Place("stock:agreements", "Conventions", "file-certificate"),
        Place("stock:vacancies", "Logements vides", "key", short="Vides"),
        Place("maintenance:tickets", "Demandes techniques", "tool", short="Demandes", go="D"),
        Place("maintenance:round", "Ma tournée", "route", short="Tournée", go="T"),
        Place("maintenance:planning", "Planning", "calendar-week"),
        Place("maintenance:prevention", "Visites préventives", "shield-check"),
        Place("maintenance:contractors", "Entreprises", "truck"),
        Place("maintenance:signal", "J’ai vu quelque chose", "eye", short="J’ai vu"),
        Place("social_link:alerts", "Alertes", "heart-handshake", go="R", hue="social"),
        Place("social_link:measures", "Mesures", "clipboard-check", go="E"),
        Place("social_link:contacts", "Agenda et visites", "calendar-week", short="Agenda"),
        Place("social_link:rights", "Droits à renouveler", "file-certificate"),
        Place("social_link:workshops", "Ateliers", "school"),
        Place("social_link:commissions", "Commissions", "gavel"),
        Place("social_link:watch", "Veille sociale", "radar", short="Veille"),
        Place("social_link:reports", "Bilans", "report-analytics"),
        Place("office:jobs", "Travaux", "history"),
        Place("office:staff", "Équipe et rôles", "users-group", short="Équipe"),
        Place("office:parameters", "Paramètres datés", "adjustments", short="Paramètres"),
        Place("office:access_log", "Journal des accès", "eye-check", short="Journal"),
        Place("office:settings", "Réglages", "settings"),
    )
}

_HOUSE = Group("Maison", ("office:staff", "office:parameters", "office:access_log", "office:settings"))

# In this order of importance: someone with two roles gets the first one's menu, then what the other adds.
MENUS: dict[str, Menu] = {
    "RENTAL_MANAGER": Menu(
        groups=(
            Group("", ("desk:home", "rent_ledger:arrears")),
            Group(
                "Loyers",
                (
                    "rent_ledger:runs",
                    "rent_ledger:benefits",
                    "rent_ledger:bank",
                    "rent_ledger:payments",
                    "rent_ledger:landlord_payments",
                    "rent_ledger:closing",
                ),
            ),
            Group("Ménages et baux", ("leases:households", "leases:leases", "desk:sliding", "leases:moves")),
            Group("Parc", ("stock:dwellings", "stock:agreements", "maintenance:tickets")),
            Group("", ("desk:exports", "office:jobs")),
        ),
        tabs=("desk:home", "rent_ledger:arrears", "leases:households", "stock:dwellings"),
    ),
    "SOCIAL_WORKER": Menu(
        groups=(
            Group("", ("desk:home", "social_link:alerts")),
            Group(
                "Mes ménages",
                ("leases:households", "social_link:measures", "social_link:contacts", "social_link:rights"),
            ),
            Group("Collectif", ("social_link:workshops", "social_link:commissions", "social_link:watch")),
            Group("Loyers et parc", ("rent_ledger:arrears", "desk:sliding", "stock:dwellings")),
            Group("", ("social_link:reports", "office:jobs")),
        ),
        tabs=("desk:home", "social_link:alerts", "leases:households", "social_link:contacts"),
    ),
    "HEAD_OF_SOCIAL": Menu(
        groups=(
            Group("", ("desk:home", "social_link:alerts")),
            Group(
                "Mes ménages",
                ("leases:households", "social_link:measures", "social_link:contacts", "social_link:rights"),
            ),
            Group("Collectif", ("social_link:workshops", "social_link:commissions", "social_link:watch")),
            Group("Loyers et parc", ("rent_ledger:arrears", "desk:sliding", "stock:dwellings")),
            Group("", ("social_link:reports", "office:access_log", "office:jobs")),
        ),
        tabs=("desk:home", "social_link:alerts", "leases:households", "social_link:measures"),
    ),
    "TECHNICIAN": Menu(
        groups=(
            Group("", ("desk:home", "maintenance:round", "maintenance:tickets", "maintenance:planning")),
            Group("Chantiers", ("maintenance:prevention", "maintenance:contractors", "maintenance:signal")),
            Group("Parc", ("stock:dwellings", "stock:vacancies")),
        ),
        tabs=("maintenance:round", "maintenance:tickets", "stock:dwellings", "maintenance:signal"),
    ),
    "DIRECTOR": Menu(
        groups=(
            Group("", ("desk:home", "desk:figures")),
            Group(
                "Suivre",
                ("rent_ledger:arrears", "stock:vacancies", "stock:dwellings", "desk:sliding", "social_link:measures"),
            ),
            Group("Décider", ("stock:agreements", "rent_ledger:closing", "office:access_log")),
            Group("", ("desk:exports", "office:parameters", "office:jobs")),
        ),
        tabs=("desk:home", "rent_ledger:arrears", "stock:dwellings", "stock:agreements"),
    ),
    "FUNDER": Menu(
        groups=(Group("", ("desk:home", "desk:figures")), Group("", ("desk:exports",))),
        tabs=("desk:home", "desk:figures", "desk:exports"),
    ),
    "ADMINISTRATOR": Menu(
        groups=(Group("", ("desk:home",)), _HOUSE, Group("", ("office:jobs",))),
        tabs=("desk:home", "office:staff", "office:parameters", "office:jobs"),
    ),
}

# Colour of the person's initials: the trade.
HUES = {"SOCIAL_WORKER": "social", "HEAD_OF_SOCIAL": "social", "TECHNICIAN": "tech"}
# What the account menu offers.
ACCOUNT = (
    Place("account_change_password", "Changer de mot de passe", "lock"),
    Place("mfa_index", "Double authentification", "shield-lock"),
)
# Who has something to find: the search of the top bar.
SEARCHERS = ("RENTAL_MANAGER", "SOCIAL_WORKER", "HEAD_OF_SOCIAL", "DIRECTOR", "TECHNICIAN")
