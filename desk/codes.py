"""Sentences of the desk's figures: what each is made of, and how it is counted."""

from common.codes import Code


class FigureWhy(Code):
    """The parts of a figure. The lower-case ones are small print beside a part."""

    COUNT = "COUNT", "{n:number}"
    DWELLINGS = "DWELLINGS", "{n:logement}"

    OCCUPIED = "OCCUPIED", "Logements occupés"
    STOCK = "STOCK", "Logements du parc aujourd’hui"
    WITH_KEYS = "WITH_KEYS", "dont quelqu’un a les clés"
    BY_ROOM = "BY_ROOM", "Un logement loué par chambres compte comme occupé dès qu’une chambre l’est."

    VACANCY = "VACANCY", "Vacance"
    EMPTY_DAYS = "EMPTY_DAYS", "Jours sans occupant dans la période"
    EMPTY_DWELLINGS = "EMPTY_DWELLINGS", "Logements concernés"
    EMPTY_COST = "EMPTY_COST", "Loyer dû aux propriétaires pour ces jours"
    EMPTY_UNKNOWN = "EMPTY_UNKNOWN", "Sans loyer connu au propriétaire"
    EMPTY_RULE = (
        "EMPTY_RULE",
        "Jours pendant lesquels un logement du parc n’est tenu par personne, travaux et attribution compris.",
    )

    RECOVERED = "RECOVERED", "Recouvrement à {days:jour}"
    ASKED = "ASKED", "Demandé aux ménages"
    AIDS_LEFT_OUT = "AIDS_LEFT_OUT", "aides déduites"
    AIDS_LEFT_OUT_OF = "AIDS_LEFT_OUT_OF", "aides déduites, {months}"
    PAID_WITHIN = "PAID_WITHIN", "Payé dans les {days:jour} de l’échéance"
    PAID_SHARE = "PAID_SHARE", "Payé, sur ce qui était demandé"
    PERCENT = "PERCENT", "{percent:number1} %"
    RECOVERED_RULE = (
        "RECOVERED_RULE",
        "En pourcentage de ce qui est dû par les ménages, aides exclues, échéances assez anciennes.",
    )

    ALERTS = "ALERTS", "Alertes à temps"
    ALERTS_SENT = "ALERTS_SENT", "Envoyées dans la période"
    ALERTS_TAKEN = "ALERTS_TAKEN", "Prises dans le délai"
    ALERTS_ANSWERED = "ALERTS_ANSWERED", "Répondues dans le délai"
    ALERTS_RULE = "ALERTS_RULE", "Délais en jours ouvrés, écrits sur chaque alerte quand elle part."

    CONTACT = "CONTACT", "Du premier défaut au premier contact"
    CASES_OPENED = "CASES_OPENED", "Dossiers ouverts dans la période"
    CASES_MET = "CASES_MET", "dont un contact a eu lieu"
    CONTACT_RULE = (
        "CONTACT_RULE",
        "Médiane, en jours : appel, visite ou rendez-vous par une personne ; une absence ne compte pas.",
    )

    TICKETS = "TICKETS", "Demandes à temps"
    TICKETS_DUE = "TICKETS_DUE", "Échéances de la période"
    TICKETS_DONE = "TICKETS_DONE", "faites à temps"
    TICKETS_RULE = (
        "TICKETS_RULE",
        "Demandes closes au plus tard le jour prévu pour leur priorité, annulées exclues.",
    )

    FUNDED_DEBT = "FUNDED_DEBT", "Dette des ménages"
    FUNDED_DEBT_RULE = "FUNDED_DEBT_RULE", "Total des comptes en dette sous vos conventions, sans nom."

    MONTH_SETTLED = "MONTH_SETTLED", "Réglé sur {month:month_name}"
    MONTH_OPEN = "MONTH_OPEN", "Encore ouvert"
    MONTH_RULE = (
        "MONTH_RULE",
        "Part des avis du mois qui est réglée, que l’argent soit arrivé ce mois-ci ou d’avance.",
    )

    HOUSEHOLD_OWES = "HOUSEHOLD_OWES", "Dû aujourd’hui"
    ACCOUNT = "ACCOUNT", "{name}"
    DEBTORS = "DEBTORS", "{names}"
    FOLLOWS = (
        "FOLLOWS",
        "La dette du ménage est celle des comptes dont ses membres sont débiteurs : "
        "elle les suit après la fin du bail.",
    )
    AID = "AID", "Aide attendue"
    AID_OF = "AID_OF", "Aide {month:of_month}"
    AID_DUE = "AID_DUE", "{payer}, attendue le {due_on:day}"
    AID_RULE = "AID_RULE", "L’aide en retard est suivie à part : elle n’est jamais réclamée au ménage."
