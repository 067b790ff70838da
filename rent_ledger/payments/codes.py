"""Codes of the payments."""

from common.codes import Code

ABOUT_PAYMENT = "payment"


class PaymentQuestion(Code):
    """What is asked before money is taken that looks like a slip."""

    ABOVE_DUE = (
        "ABOVE_DUE",
        "Ce compte doit {owed:euros}, échéances à venir comprises : {ahead:euros} resteraient en avance",
    )
    MUCH_CASH = "MUCH_CASH", "C’est plus de {most:euros} en espèces"
    BEFORE_CONTRACT = (
        "BEFORE_CONTRACT",
        "Le contrat ne commence que le {begins:date}, après le jour de cet encaissement",
    )
