"""Codes of the files for an aid: what happened to one, what it waits for, why it was refused or closed."""

from common.codes import Code

ABOUT_AID_FILE = "aid_file"


class AidStepKind(Code):
    """What happened to a file, a recorded fact with its day."""

    SENT = "SENT", "Envoyé"
    PIECES = "PIECES", "Pièces demandées"
    COMPLETED = "COMPLETED", "Pièces envoyées"
    ADJOURNED = "ADJOURNED", "Ajourné"
    GRANTED = "GRANTED", "Accordé"
    REFUSED = "REFUSED", "Refusé"
    APPEALED = "APPEALED", "Recours envoyé"
    PAID = "PAID", "Versé"
    CLOSED = "CLOSED", "Clos"


WAITING = frozenset({AidStepKind.SENT, AidStepKind.COMPLETED, AidStepKind.APPEALED})
"""The body has all it asked for, and has to decide."""
WITH_UNTIL = frozenset({AidStepKind.PIECES, AidStepKind.ADJOURNED})
"""They may name a day: until when pieces are awaited, of the next commission."""
FACTS_MAY = frozenset({AidStepKind.PAID})
"""What the rental managers note: what they see on the accounts."""


class Payee(Code):
    """To whom an aid was paid."""

    LANDLORD = "LANDLORD", "L’association, sur le compte du ménage"
    HOUSEHOLD = "HOUSEHOLD", "Le ménage"
    OTHER = "OTHER", "Un tiers : fournisseur, assureur, autre bailleur"


class AidRefusal(Code):
    """Why the body refuses: read by the social service alone."""

    INCOME = "INCOME", "Ressources au-dessus du plafond"
    RENT = "RENT", "Loyer trop élevé pour les ressources"
    DEBT = "DEBT", "Dette trop élevée"
    NOT_PAYING = "NOT_PAYING", "Loyer courant pas repris"
    RIGHTS = "RIGHTS", "Droits à ouvrir d’abord"
    RECENT = "RECENT", "Aide déjà reçue récemment"
    INCOMPLETE = "INCOMPLETE", "Dossier incomplet"
    OTHER = "OTHER", "Autre motif du règlement"


class AidClosing(Code):
    """Why a file ends without all that was granted: read by the social service alone."""

    NO_NEED = "NO_NEED", "L’aide n’est plus utile"
    GIVEN_UP = "GIVEN_UP", "Le ménage a renoncé"
    LEFT = "LEFT", "Le ménage est parti"
    OTHER_AID = "OTHER_AID", "Une autre aide a été obtenue"
    LAPSED = "LAPSED", "Accord périmé sans versement"
    MISTAKE = "MISTAKE", "Ouvert par erreur"


class AidWhy(Code):
    """What a file waits for, and until when (`rules.waiting`)."""

    PREPARE = "AID_PREPARE", "À préparer et à envoyer au plus tard le {before:day}"
    DECISION = "AID_DECISION", "Décision attendue depuis le {since:day}"
    DECISION_LATE = (
        "AID_LATE",
        "Sans décision depuis le {since:day}, {weeks:semaine,semaines} ou plus : relancez l’organisme",
    )
    PIECES = "AID_PIECES", "Pièces demandées, à envoyer au plus tard le {before:day}"
    ADJOURNED = "AID_ADJOURNED", "Ajourné, revu le {on:day}"
    ADJOURNED_LATE = "AID_ADJOURNED_LATE", "Ajourné jusqu’au {on:day}, sans décision depuis : relancez l’organisme"
    PAYMENT = "AID_PAYMENT", "{left:euros} accordés, versement attendu"
    PAYMENT_LATE = "AID_PAYMENT_LATE", "{left:euros} accordés le {since:day}, pas encore versés : relancez l’organisme"


class AidDuty(Code):
    """What a file asks of who follows it."""

    NEXT = "AID_NEXT", "Dossier d’aide à faire avancer"
