"""The entries of the menu, by url name: at the left of every page, and at the bottom on a phone.

`desk.roles` says which desk shows which entries. An unknown url name is an error at start (`desk.checks`).
"""

from dataclasses import dataclass
from functools import cache

from django.urls import resolve, reverse

from office.access.actor import Actor
from office.access.matrix import Capability, can
from office.access.permissions import needs_of


@dataclass(frozen=True, slots=True)
class Place:
    """One entry. `short` is its word in the tab bar, `go` its letter after G, `hue` the colour of its count, `also` the
    other words that people search it by."""

    name: str
    label: str
    icon: str
    short: str = ""
    go: str = ""
    hue: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A section: `title` is empty for the first and the last."""

    title: str
    names: tuple[str, ...]


PLACES: dict[str, Place] = {
    place.name: place
    for place in (
        Place("desk:home", "Accueil", "home", go="A"),
        Place("rent_ledger:arrears", "Impayés", "urgent", go="I", hue="warn", also="dettes retards relances dossiers"),
        Place("rent_ledger:aid_files", "Dossiers d’aide", "folder-open", short="Aides", also="fsl ccas"),
        Place("rent_ledger:runs", "Quittancement", "file-invoice", short="Avis", also="avis loyers quittances"),
        Place("rent_ledger:benefits", "Aides CAF", "building-community", also="apl allocations msa bordereaux"),
        Place("rent_ledger:bank", "Banque", "building-bank", go="B", also="relevés virements rapprochement"),
        Place("rent_ledger:payments", "Encaissements", "cash", short="Caisse", also="encaisser guichet"),
        Place(
            "rent_ledger:credits",
            "Avances et trop-perçus",
            "credit-card-refund",
            short="Avances",
            hue="warn",
            also="crédits remboursements surplus",
        ),
        Place("leases:households", "Ménages", "users", go="M", also="familles locataires"),
        Place("leases:leases", "Contrats", "file-text", also="baux bail"),
        Place("stock:dwellings", "Logements", "building", go="L", also="parc appartements vacants"),
        Place("stock:agreements", "Conventions", "file-certificate", also="propriétaires bailleurs"),
        Place(
            "maintenance:tickets",
            "Demandes techniques",
            "tool",
            short="Demandes",
            go="D",
            also="réparations pannes interventions",
        ),
        Place("maintenance:round", "Ma tournée", "route", short="Tournée", go="T"),
        Place("maintenance:signal", "J’ai vu quelque chose", "eye", short="J’ai vu"),
        Place("social_link:alerts", "Alertes", "heart-handshake", go="R", hue="social"),
        Place("social_link:referrals", "Saisines", "mailbox", also="fiche navette orientation demande prescripteur"),
        Place("social_link:measures", "Mesures", "clipboard-check", go="E", also="asll avdl accompagnement"),
        Place("social_link:commissions", "Commissions", "gavel", also="asll masp ordre du jour séance décisions"),
        Place("social_link:watches", "Après la fin", "eye", also="veille suivi nouvelles reprise"),
        Place("social_link:chain", "Parcours", "route", also="repérage orientation délais arrêts"),
        Place("social_link:exits", "Sorties", "door-exit", also="devenir acquis motifs de fin"),
        Place("social_link:rights", "Droits", "list-check", also="rsa caf css mdph aides non-recours"),
        Place("social_link:fundings", "Financeurs", "coin-euro", also="conventions mois/mesures places caf"),
        Place("social_link:contacts", "Agenda et visites", "calendar-week", short="Agenda", also="rendez-vous"),
        Place("social_link:absences", "Absences", "user-off", also="congés remplacements"),
        Place("office:messages", "Messages", "mail", hue="danger", also="courriers courriels sms envois"),
        Place("office:message_texts", "Textes des messages", "writing", short="Textes"),
        Place("office:notices", "Notifications", "bell", go="N", hue="danger"),
        Place("office:jobs", "Travaux", "history"),
        Place("office:staff", "Équipe et rôles", "users-group", short="Équipe", also="collègues utilisateurs comptes"),
        Place("office:staff_requests", "Accès à confirmer", "user-check", short="Accès", hue="warn"),
        Place("office:iban_changes", "IBAN à confirmer", "building-bank", short="IBAN", hue="warn"),
        Place(
            "rent_ledger:write_offs",
            "Pertes et remises",
            "file-x",
            short="Pertes",
            hue="warn",
            also="abandon créances irrécouvrables remise gracieuse",
        ),
        Place(
            "office:schemes",
            "Aides mobilisables",
            "coin-euro",
            short="Aides",
            also="fsl ccas action logement dispositifs",
        ),
        Place("office:parameters", "Paramètres datés", "adjustments", short="Paramètres"),
        Place(
            "desk:policy", "Politique des impayés", "list-check", short="Politique", also="règles alertes seuils délais"
        ),
        Place("office:access_log", "Journal des accès", "eye-check", short="Journal"),
        Place("office:confirmations", "Confirmations", "checks", also="motifs inhabituel journal"),
        Place("office:settings", "Réglages", "settings"),
    )
}

BELL = PLACES["office:notices"]
"""In the head of every page, and in no menu."""

STARTS = (
    Place("leases:household_new", "Nouveau ménage", "user-plus", also="créer ajouter"),
    Place("leases:lease_new", "Nouveau bail", "file-plus", also="contrat entrée"),
    Place("maintenance:ticket_new", "Nouvelle demande", "plus", also="panne réparation"),
    Place("social_link:contact_new", "Noter un contact", "message-plus", also="appel"),
    Place("social_link:visit_new", "Prévoir une visite", "calendar-plus", also="rendez-vous"),
)
"""What the search offers beside the places of the menu: where something begins."""

# What the account menu offers.
ACCOUNT = (
    Place("office:notice_choices", "Mes notifications", "bell-ringing"),
    Place("office:calendar", "Mon calendrier", "calendar", also="agenda ics téléphone"),
    Place("account_change_password", "Changer de mot de passe", "lock"),
    Place("mfa_index", "Double authentification", "shield-lock"),
)


@cache
def _needs(name: str) -> tuple[tuple[Capability, ...], ...]:
    return needs_of(resolve(reverse(name)).func)


def may_open(actor: Actor, name: str) -> bool:
    """Whether the actor has the capabilities required by the page of this url name."""
    return all(can(actor, *wanted) for wanted in _needs(name))
