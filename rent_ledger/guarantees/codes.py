"""Codes of what is asked of guarantors: when it may be, what they answer, what they paid."""

from common.codes import Code

ABOUT_GUARANTEE = "guarantee"


class CallState(Code):
    """Whether something is to be asked of a guarantor (`rules.calls`)."""

    NOTHING = "NOTHING", "Rien à demander"
    BELOW = "BELOW", "Sous le seuil"
    HELD = "HELD", "Hors relance"
    TELL = "TELL", "À prévenir"
    CLAIM = "CLAIM", "À demander"
    ASKED = "ASKED", "Demandé"
    REACHED = "REACHED", "Plafond atteint"


TO_DO = frozenset({CallState.TELL, CallState.CLAIM})


class CallWhy(Code):
    NOTHING = "CALL_NOTHING", "Rien de ce qui est dû n’est couvert par cette garantie"
    OUTSIDE = "CALL_OUTSIDE", "Ce qui est dû n’est pas échu pendant la garantie"
    TECHNICAL = "CALL_TECHNICAL", "Impayé technique (banque, aide, rejet) : rien ne se demande au garant"
    PLANNED = "CALL_HELD", "Ce qui est dû est dans un plan, gelé ou contesté"
    REACHED = "CALL_REACHED", "Le plafond de {most:euros} est demandé ou payé"
    ASKED = "CALL_ASKED", "Tout ce qui est couvert est déjà demandé"
    BELOW = (
        "CALL_BELOW",
        "Mois entiers impayés : {full:number} ; dus en tout : {left:euros}. Appel possible à {months:number} mois "
        "entiers, ou au-delà de {partial:euros}",
    )
    FULL = "CALL_FULL", "{full:number} mois entiers impayés depuis le {since:day}"
    PARTIAL = "CALL_PARTIAL", "{left:euros} dus, plus de {partial:euros}, depuis le {since:day}"
    FURTHER = "CALL_FURTHER", "Un premier appel est fait : {left:euros} de plus sont dus depuis le {since:day}"
    WAITS = "CALL_WAITS", "Pas un mois depuis l’échéance : la caution est prévenue à partir du {since:day}"
    TELL = "CALL_TELL", "Premier impayé non réglé dans le mois : la caution personne physique en est prévenue"
    TELL_COMMAND = (
        "CALL_TELL_COMMAND",
        "Commandement du {on:day} : à signifier à la caution jusqu’au {by:day}, sinon ni pénalités ni intérêts contre "
        "elle (loi n° 89-462, art. 24 I)",
    )
    JOINT = "CALL_JOINT", "Prévenue le {on:day} : la caution solidaire doit {left:euros}"
    SIMPLE = (
        "CALL_SIMPLE",
        "Prévenue le {on:day} : la caution simple paie ce que le ménage, poursuivi d’abord, ne paie pas",
    )


class Answer(Code):
    """What the guarantor answers to a claim."""

    ACCEPTED = "ACCEPTED", "Acceptée"
    PART = "PART", "Acceptée en partie"
    REFUSED = "REFUSED", "Refusée"


class Refusal(Code):
    LATE = "LATE", "Déclarée trop tard"
    PAPERS = "PAPERS", "Pièce manquante"
    NOT_COVERED = "NOT_COV", "Dette non couverte"
    ENDED = "ENDED", "Garantie finie, ou résiliée"
    CEILING = "CEILING", "Plafond atteint"
    DISPUTED = "DISPUTED", "Contestée par le garant"


class ClaimState(Code):
    """Where a claim stands, from its facts."""

    ASKED = "ASKED", "Demandée"
    ACCEPTED = "ACCEPTED", "Acceptée, à payer"
    REFUSED = "REFUSED", "Refusée"
    PAID = "PAID", "Payée"
    WITHDRAWN = "WITHDRAWN", "Retirée"


class GuaranteeDuty(Code):
    """What guarantees ask of the rental managers."""

    CALL = "GUAR_CALL", "Garant à prévenir ou à appeler"
    ENDS = "GUAR_ENDS", "Garantie qui finit"
