"""Codes of the legal procedures: what happened before the commissaire de justice and the judge, and what comes next."""

from common.codes import Code

ABOUT_PROCEDURE = "procedure"


class Track(Code):
    """Which procedure a contract has (law.md A1.4)."""

    LEASE = "LEASE", "Loi n° 89-462, art. 24"
    CONTRACT = "CONTRACT", "Contrat et juge"
    RESIDENCE = "RESIDENCE", "CCH, art. R. 633-3"
    NONE = "NONE", "Aucune procédure d’impayé"


class StepKind(Code):
    """What happened, a recorded fact with its day."""

    SEIZED = "SEIZED", "CCAPEX saisie"
    COMMAND = "COMMAND", "Commandement de payer"
    GUARANTOR = "GUARANTOR", "Commandement signifié à la caution"
    NOTICE = "NOTICE", "Mise en demeure reçue par le ménage"
    WRIT = "WRIT", "Assignation"
    PREFECT = "PREFECT", "Assignation notifiée au préfet"
    POSTPONED = "POSTPONED", "Audience renvoyée"
    DELAYS = "DELAYS", "Jugement : délais accordés, clause suspendue"
    TERMINATED = "TERMINATED", "Jugement : contrat résilié, expulsion ordonnée"
    DISMISSED = "DISMISSED", "Jugement : demande rejetée"
    LEAVE = "LEAVE", "Commandement de quitter les lieux"
    LEAVE_PREFECT = "LEAVE_PREF", "Préfet saisi du commandement de quitter"
    FORCE = "FORCE", "Concours de la force publique demandé"
    EVICTED = "EVICTED", "Expulsion exécutée"
    PROTOCOL = "PROTOCOL", "Protocole de cohésion sociale signé"
    LONGER = "LONGER", "Protocole prolongé"
    NEW_LEASE = "NEW_LEASE", "Nouveau bail signé"
    STAYED = "STAYED", "Commissaire de justice prévenu du surendettement"
    CLOSED = "CLOSED", "Procédure arrêtée"


TOLD = frozenset(
    {StepKind.SEIZED, StepKind.GUARANTOR, StepKind.PREFECT, StepKind.LEAVE_PREFECT, StepKind.LONGER, StepKind.STAYED}
)  # fmt: skip
"""What somebody has to be told: it moves no procedure on, and is noted beside its steps."""
LAST = frozenset({StepKind.DISMISSED, StepKind.EVICTED, StepKind.NEW_LEASE, StepKind.CLOSED})
"""After these nothing follows."""
HEARD = frozenset({StepKind.WRIT, StepKind.POSTPONED})
"""They name the day of a hearing."""
ENFORCES = frozenset({StepKind.LEAVE, StepKind.FORCE, StepKind.EVICTED})
"""Enforcement: suspended by overindebtedness (C. conso., art. L. 722-2)."""
SPREADS = frozenset({StepKind.DELAYS, StepKind.PROTOCOL})
"""They spread a debt until a day, and are judged from the money."""
WITH_SUM = SPREADS | {StepKind.COMMAND}
"""They say a sum."""


class Item(Code):
    """What a commandement de payer names, on pain of nullity (loi n° 89-462, art. 24 I)."""

    DELAY = "DELAY", "Le délai pour payer"
    RENT = "RENT", "Le loyer et les charges du mois"
    DEBT = "DEBT", "Le décompte de la dette"
    CAUTION = "CAUTION", "L’avertissement : à défaut, procédure de résiliation et d’expulsion"
    FSL = "FSL", "La possibilité de saisir le FSL, avec son adresse"
    GRACE = "GRACE", "La possibilité de demander un délai de grâce au juge (C. civ., art. 1343-5)"


class Closing(Code):
    PAID = "PAID", "Dette réglée"
    AGREED = "AGREED", "Accord avec le ménage"
    LEFT = "LEFT", "Ménage parti de lui-même"
    DROPPED = "DROPPED", "Poursuite abandonnée"


class StandWhy(Code):
    """Where a procedure stands, on one line (`rules.standing`)."""

    NONE = "PROC_NONE", "Aucune étape n’est notée"
    SEIZED = "PROC_SEIZED", "CCAPEX saisie le {on:day}, rien d’autre n’est noté"
    COMMAND_RUNS = "PROC_COMMAND", "Commandement du {on:day} : le ménage peut payer jusqu’au {until:day} inclus"
    COMMAND_PAID = (
        "PROC_COMMAND_PAID",
        "Commandement du {on:day} payé dans le délai : la clause ne joue pas, la procédure peut être arrêtée",
    )
    COMMAND_OVER = (
        "PROC_COMMAND_OVER",
        "Commandement du {on:day} resté sans effet : la clause joue depuis le {since:day}",
    )
    NOTICE_RUNS = "PROC_NOTICE", "Mise en demeure reçue le {on:day} : préavis jusqu’au {until:day} inclus"
    NOTICE_OVER = "PROC_NOTICE_OVER", "Mise en demeure du {on:day} restée sans effet depuis le {since:day}"
    HEARING = "PROC_HEARING", "Audience le {on:day}"
    HEARD = "PROC_HEARD", "Audience du {on:day} passée : le jugement est à noter"
    DELAYS = "PROC_DELAYS", "Clause suspendue par le juge jusqu’au {until:day}, tant que tout est payé à son jour"
    DELAYS_OVER = (
        "PROC_DELAYS_OVER",
        "Les délais du juge ont fini le {until:day}, tenus : la clause est réputée n’avoir pas joué",
    )
    LAPSED = "PROC_LAPSED", "Suspension finie le {on:day}, au premier impayé : la clause reprend son plein effet"
    TERMINATED = "PROC_TERMINATED", "Contrat résilié par jugement du {on:day}"
    PROTOCOL = (
        "PROC_PROTOCOL",
        "Protocole de cohésion sociale du {on:day}, jusqu’au {until:day} : tenu, l’expulsion n’est pas poursuivie",
    )
    PROTOCOL_BROKEN = (
        "PROC_PROTOCOL_BROKEN",
        "Protocole non tenu depuis le {on:day} : le jugement peut de nouveau être exécuté",
    )
    PROTOCOL_KEPT = "PROC_PROTOCOL_KEPT", "Protocole tenu jusqu’à sa fin, le {until:day} : un nouveau bail est dû"
    NEW_LEASE = "PROC_NEW_LEASE", "Nouveau bail signé le {on:day}, après un protocole tenu"
    QUIT_RUNS = "PROC_QUIT", "Commandement de quitter du {on:day} : délai jusqu’au {until:day} inclus"
    QUIT_UNTOLD = (
        "PROC_UNTOLD",
        "Commandement de quitter du {on:day} : le délai ne court pas, le préfet n’est pas saisi",
    )
    QUIT_OVER = "PROC_QUIT_OVER", "Commandement de quitter du {on:day} : son délai est passé"
    TRUCE = "PROC_TRUCE", "Trêve hivernale : première expulsion possible le {from_on:day}"
    FORCE = "PROC_FORCE", "Concours de la force publique demandé le {on:day}"
    DISMISSED = "PROC_DISMISSED", "Demande rejetée par jugement du {on:day}"
    EVICTED = "PROC_EVICTED", "Expulsion exécutée le {on:day}"
    CLOSED = "PROC_CLOSED", "Procédure arrêtée le {on:day}"


class NextWhy(Code):
    """What the law asks next, and from or until when."""

    COMMAND = (
        "NEXT_COMMAND",
        "Rien ne va au juge sans commandement de payer resté sans effet (loi n° 89-462, art. 24 I)",
    )
    NOTICE_WHOLE = (
        "NEXT_NOTICE_WHOLE",
        "{terms:terme entier impayé,termes entiers impayés} de suite : mise en demeure, puis préavis de "
        "{months:mois,mois} (CCH, art. R. 633-3)",
    )
    NOTICE_PARTIAL = (
        "NEXT_NOTICE_PART",
        "{owed:euros} dus après un paiement partiel, à partir de {least:euros} : mise en demeure, puis préavis de "
        "{months:mois,mois} (CCH, art. R. 633-3)",
    )
    NOTICE_NOT_YET = (
        "NEXT_NOTICE_EARLY",
        "Pas encore : {terms:terme entier impayé,termes entiers impayés} de suite, il en faut {wanted:number} "
        "(CCH, art. R. 633-3)",
    )
    NOTICE_TOO_LITTLE = (
        "NEXT_NOTICE_LITTLE",
        "Pas encore : {terms:terme entier impayé,termes entiers impayés} de suite, il en faut {wanted:number} ; "
        "{owed:euros} dus après un paiement partiel, il en faut {least:euros} (CCH, art. R. 633-3)",
    )
    NOTICE_CONTRACT = "NEXT_NOTICE", "Le contrat dit le délai ; le juge apprécie"
    GUARANTOR = "NEXT_GUARANTOR", "À signifier à la caution dans les {days:jour,jours} (loi n° 89-462, art. 24 I)"
    SEIZE = (
        "NEXT_SEIZE",
        "Bailleur personne morale : la CCAPEX est saisie {months:mois,mois} au moins avant l’assignation "
        "(loi n° 89-462, art. 24 II)",
    )
    SEIZE_BY_BAILIFF = (
        "NEXT_SEIZE_BAILIFF",
        "Le commissaire de justice signale le commandement à la CCAPEX au seuil (loi n° 89-462, art. 24 I)",
    )
    WRIT = "NEXT_WRIT", "Après le délai de la clause (loi n° 89-462, art. 24 I)"
    WRIT_SEIZED = (
        "NEXT_WRIT_SEIZED",
        "Après le délai de la clause, et {months:mois,mois} après la saisine de la CCAPEX le {seized_on:day} "
        "(loi n° 89-462, art. 24 II)",
    )
    WRIT_NOTICE = "NEXT_WRIT_NOTICE", "Après le préavis de la mise en demeure"
    PREFECT = (
        "NEXT_PREFECT",
        "Au préfet {weeks:semaine,semaines} au moins avant l’audience, sinon la demande est irrecevable "
        "(loi n° 89-462, art. 24 III)",
    )
    PREFECT_LATE = (
        "NEXT_PREFECT_LATE",
        "Trop tard pour l’audience du {hearing_on:day} : demandez son renvoi au {from_on:day} ou après "
        "(loi n° 89-462, art. 24 III)",
    )
    HEARING = (
        "NEXT_HEARING",
        "Le juge peut donner jusqu’à {months:mois,mois} au ménage qui a repris le loyer courant "
        "(loi n° 89-462, art. 24 V)",
    )
    JUDGE = "NEXT_JUDGE", "Le juge décide"
    LEAVE = "NEXT_QUIT", "Pas d’expulsion sans commandement de quitter les lieux (CPCE, art. L. 411-1)"
    LEAVE_PREFECT = (
        "NEXT_LEAVE_PREFECT",
        "Le préfet en est saisi aussitôt : sans cela le délai ne court pas (CPCE, art. L. 412-5)",
    )
    FORCE = "NEXT_FORCE", "{months:mois,mois} après le commandement de quitter (CPCE, art. L. 412-1)"
    FORCE_BAD_FAITH = "NEXT_FORCE_BAD", "Sans délai : le juge a constaté la mauvaise foi (CPCE, art. L. 412-1)"
    EVICT = "NEXT_EVICT", "Hors trêve hivernale, du 1er novembre au 31 mars (CPCE, art. L. 412-6)"
    PROTOCOL = (
        "NEXT_PROTOCOL",
        "Logement HLM ou conventionné, bail résilié par le juge : {months:mois,mois} au plus (CCH, art. L. 442-6-5, "
        "L. 353-15-2 ; sous-location : signé aussi par le bailleur, art. L. 442-8-2)",
    )
    LONGER = "NEXT_LONGER", "Prolongé de {months:mois,mois} au plus (CCH, art. L. 442-6-5)"
    NEW_LEASE = "NEXT_NEW_LEASE", "Dans les {months:mois,mois} de la fin d’un protocole tenu (CCH, art. L. 442-6-5)"
    HELD_BY_PROTOCOL = (
        "NEXT_PROTOCOL_HOLDS",
        "Le bailleur renonce à poursuivre l’expulsion tant que le protocole est tenu (CCH, art. L. 442-6-5)",
    )
    CLOSED = "NEXT_CLOSED", "Plus rien n’est demandé au juge"
    STAYED = "NEXT_STAYED", "Surendettement : prévenez le commissaire de justice (C. conso., art. L. 722-15)"


class BarredWhy(Code):
    """From when a term can't be claimed before a judge any more."""

    LEASE = (
        "BARRED_LEASE",
        "Terme du {due_on:day} : {left:euros} ne se demandent plus au juge à partir du {on:day} "
        "(loi n° 89-462, art. 7-1)",
    )
    OTHER = (
        "BARRED_OTHER",
        "Terme du {due_on:day} : {left:euros} ne se demandent plus au juge à partir du {on:day} (C. civ., art. 2224)",
    )


class NoWhy(Code):
    """Why no step is proposed now."""

    SOCIAL = "PROC_SOCIAL", "Le service social a ce dossier : aucune étape n’est proposée"
    FROZEN = (
        "PROC_FROZEN",
        "Surendettement : l’exécution est suspendue pour ce qui était dû avant (C. conso., art. L. 722-2)",
    )
    NO_TRACK = (
        "PROC_NO_TRACK",
        "Convention d’occupation : ni commandement, ni clause, ni CCAPEX ; le contrat et le juge",
    )


class ProcedureQuestion(Code):
    """What is asked before a step is noted."""

    SOCIAL = "PROC_Q_SOCIAL", "Le service social a ce dossier : pourquoi continuer la procédure maintenant"


class ProcedureDuty(Code):
    """What a procedure asks of the rental managers."""

    STEP = "PROC_STEP", "Délai d’une procédure"
    LAPSED = "PROC_LAPSED", "Suspension du juge finie au premier impayé"
    BARRED = "PROC_BARRED", "Prescription qui approche"
