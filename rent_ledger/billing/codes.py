"""Codes of the rent runs, demands and receipts: their states, and why they ask, hold back or refuse what they do."""

from common.codes import Code
from common.workflow import Workflow


class DemandWhy(Code):
    TO_PAY = "TO_PAY", "À payer pour {month:month}"
    AID = "AID_SET_APART", "Aide au logement attendue, mise à part"
    NO_AID = "NO_AID", "Aide au logement"
    CORRECTED_SINCE = (
        "CORRECTED_SINCE",
        "Les conditions du bail ont été corrigées depuis : voici les montants qui ont été appelés.",
    )


class HeldBack(Code):
    """Why a run leaves a lease out."""

    NOT_READY = "NOT_READY", "Préparation à terminer"
    AGREEMENT_ENDED = "AGREEMENT_ENDED", "Convention terminée le {on:date}"
    TERM_TO_COME = "TERM_TO_COME", "Le contrat finit le {on:date}"
    NO_TERMS = "NO_TERMS", "Aucun loyer fixé pour ce mois"
    NOBODY_BOUND = "NOBODY_BOUND", "Personne n’est tenu par ce contrat ce mois-ci"
    BILLED_BEYOND = "BILLED_BEYOND", "Un avis de ce mois va au-delà de la fin du bail"
    REFUSED = "REFUSED_BY_RULE", "{message}"
    """What a rule refused, as its domain error says it to the person: said when asked, stored only with a preview."""


class HeldCure(Code):
    """What to do about it."""

    FINISH = "FINISH", "Complétez les points du bail, puis activez-le."
    EXTEND_OR_END = "EXTEND_OR_END", "Prolongez la convention ou terminez le bail."
    EXTEND_OR_END_LEASE = (
        "EXTEND_OR_END_LEASE",
        "Faites le bail suivant, ou terminez celui-ci le jour venu : sinon une indemnité est demandée ensuite.",
    )
    SET_TERMS = "SET_TERMS", "Saisissez le loyer et les charges du bail."
    NAME_HOLDER = "NAME_HOLDER", "Désignez un titulaire sur la page du bail."
    CORRECT_DEMAND = "CORRECT_DEMAND", "Corrigez cet avis, puis relancez."
    OPEN_LEASE = "OPEN_LEASE", "Ouvrez le bail pour le compléter."


class RunState(Code):
    RUNNING = "RUNNING", "En cours"
    DONE = "DONE", "Produit"
    UNDOING = "UNDOING", "Annulation en cours"
    UNDONE = "UNDONE", "Annulé"


RUN_FLOW = Workflow(
    {
        RunState.RUNNING: {RunState.DONE},
        RunState.DONE: {RunState.UNDOING},
        RunState.UNDOING: {RunState.UNDONE, RunState.DONE},
        RunState.UNDONE: set(),
    }
)


class DemandState(Code):
    ISSUED = "ISSUED", "Produit"
    CANCELLED = "CANCELLED", "Annulé"


DEMAND_FLOW = Workflow({DemandState.ISSUED: {DemandState.CANCELLED}, DemandState.CANCELLED: set()})


class LineSource(Code):
    """Where a line of a demand comes from (`rent_ledger.billing.sources`)."""

    RENT_TERM = "TERMS", "Conditions du bail"
    BENEFIT = "BENEFIT", "Aide attendue"
    RAPPEL = "RAPPEL", "Rappel"


class ReceiptKind(Code):
    FULL = "FULL", "Quittance"
    PARTIAL = "PARTIAL", "Reçu"


class BillingMessage(Code):
    """What billing sends to a household."""

    AVIS = "AVIS_ECHEANCE", "Avis d’échéance"
    RECEIPT = "RECEIPT", "Quittance ou reçu"


ABOUT_DEMAND, ABOUT_RECEIPT = "demand", "receipt"
"""`Message.about`: its `about_id` is that of a demand, of a receipt."""


class ReceiptWhy(Code):
    """Why a term gets a quittance, a reçu or no paper."""

    NOTHING_RECEIVED = "NOTHING_RECEIVED", "rien n’est encore reçu pour ce terme"
    NOTHING_ASKED = "NOTHING_ASKED", "rien n’est demandé au ménage pour ce terme, l’aide au logement est attendue"
    INDEMNITY = "INDEMNITY", "une indemnité d’occupation donne un reçu, jamais une quittance"
    NOT_RECEIPTED = "NOT_RECEIPTED", "rien dans cet avis ne donne lieu à quittance"
    LEFT_TO_PAY = "LEFT_TO_PAY", "une partie du terme reste à payer"
    AID_AWAITED = "AID_AWAITED", "la part du ménage est payée, l’aide au logement est encore attendue"
    GIVEN_UP = "GIVEN_UP", "une partie du terme a été abandonnée ou payée par un garant, le ménage ne l’a pas payée"
    SETTLED = "SETTLED", "le terme est entièrement réglé"
    CANCELLED = "CANCELLED", "l’avis est annulé"


class InTheWay(Code):
    """Why a run can't be undone."""

    CLOSED = "CLOSED_MONTH", "Le mois {month:of_month} est clôturé"
    SENT = "SENT_ON", "Avis envoyé le {on:date}"
    MONEY = "MONEY_SINCE", "Paiement reçu depuis le lancement, imputé sur cet avis"
    SURPLUS = "SURPLUS_SINCE", "Aide versée en plus depuis le lancement, imputée sur cet avis"
    AID_CAME = "AID_CAME", "Aide du mois déjà reçue ou soldée"
    RECEIPTED = "RECEIPTED", "Quittance ou reçu établi pour cet avis"
    IN_PLAN = "IN_PLAN", "Avis compris dans un plan"
    FROZEN = "FROZEN", "Avis gelé (surendettement)"
    DISPUTED = "DISPUTED", "Avis contesté"
    WRITTEN_OFF = "WRITTEN_OFF", "Perte, remise ou paiement d’un garant sur cet avis"


class GapGroup(Code):
    """Under which word a page counts and filters the differences: its title."""

    ENTRIES = "entries", "Entrées"
    EXITS = "exits", "Sorties"
    RENT = "rent", "Loyer et charges"
    BENEFIT = "benefit", "Aide"
    INDEMNITY = "indemnity", "Indemnité"
    OTHERS = "others", "Rappels"
    HELD = "held", "Retenus"


class Gap(Code):
    """What changed since the month before."""

    ENTRY = "ENTRY"
    WHOLE = "WHOLE"
    NO_DEMAND = "NO_DEMAND"
    AGAIN = "AGAIN"
    EXIT = "EXIT"
    GONE = "GONE"
    CONTRACT_END = "CONTRACT_END"
    RENT = "RENT"
    CHARGES = "CHARGES"
    OTHER = "OTHER"
    MID_MONTH = "MID_MONTH"
    BENEFIT_NEW = "BENEFIT_NEW"
    BENEFIT_ENDED = "BENEFIT_ENDED"
    BENEFIT_UP = "BENEFIT_UP"
    BENEFIT_DOWN = "BENEFIT_DOWN"
    INDEMNITY = "INDEMNITY"
    OTHERS = "OTHERS"
    HELD = "HELD"


class GapWhy(Code):
    """The sentence of a difference."""

    HELD = "AVIS_HELD", "Avis retenu"
    LEFT = "LEFT", "Sortie le {on:day}"
    NOTHING_TO_ASK = "NOTHING_TO_ASK", "Plus rien à appeler en {month:month_name}"
    ENTERED = "ENTERED", "Entrée le {on:day}"
    NO_DEMAND = "NO_DEMAND_THEN", "Pas d’avis en {month:month_name}"
    CONTRACT_ENDED = "CONTRACT_ENDED", "Fin du contrat"
    CONTRACT_ENDED_ON = "CONTRACT_ENDED_ON", "Fin du contrat le {on:day}"
    CONTRACT_OF = "CONTRACT_OF", "Contrat du {on:day}"
    WITHIN_MONTH = "WITHIN_MONTH", "Changement en cours de mois"
    WITHIN_LAST_MONTH = "WITHIN_LAST_MONTH", "Changement du mois dernier"
    WHOLE_AFTER_ENTRY = "WHOLE_AFTER_ENTRY", "Mois entier après l’entrée"
    MORE = "NATURE_MORE", "{nature} en plus"
    LESS = "NATURE_LESS", "{nature} en moins"
    REVISED = "NATURE_REVISED", "{nature} révisé{ending}"
    INDEMNITY = "INDEMNITY_ASKED", "Indemnité d’occupation"
    INDEMNITY_ENDED = "INDEMNITY_ENDED", "Fin de l’indemnité d’occupation"
    CLAIM = "CLAIM", "Rappel"
    CREDIT = "CREDIT", "Avoir"
    LAST_CLAIM = "LAST_CLAIM", "Rappel du mois dernier"
    LAST_CREDIT = "LAST_CREDIT", "Avoir du mois dernier"
    AID_EXPECTED = "AID_EXPECTED", "Aide attendue"
    AID_ENDED = "AID_ENDED", "Aide arrêtée"
    AID_UP = "AID_UP", "Aide en hausse"
    AID_DOWN = "AID_DOWN", "Aide en baisse"


class GapDetail(Code):
    """Small print beside the sentence."""

    NOTHING_ASKED = "NOTHING_ASKED", "rien n’est plus appelé"
    NO_MORE_TERM = "NO_MORE_TERM", "plus de terme à appeler"
    WHOLE_MONTH = "WHOLE_MONTH", "mois entier"
    DAYS = "DAYS", "{days:jour} sur {of_days}"
    ENTERED_THEN = "ENTERED_THEN", "entrée le {on:day}, {days:jour} sur {of_days} en {month:month_name}"
    NO_WHOLE_MONTH = "NO_WHOLE_MONTH", "{month:month_name} n’était pas un mois entier au même montant"
    AMOUNT = "AMOUNT", "{amount:euros}"
    THEN = "THEN", "{before:euros} puis {now:euros}"
    LAST_MONTH = "LAST_MONTH", "{before:euros} le mois dernier"
    STILL_OCCUPIED = "STILL_OCCUPIED", "le logement reste occupé après le contrat"
    PAST = "PAST_MONTHS", "{months:month}"


ABOUT_RUN = "rent_run"


class RunQuestion(Code):
    """What is asked before a run."""

    EARLY_MONTH = (
        "EARLY_MONTH",
        "Les avis {month:of_month} sont demandés plus d’un mois à l’avance : les entrées, les sorties et les loyers "
        "changeront d’ici là",
    )
