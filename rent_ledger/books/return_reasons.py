"""Why the bank took a payment back, in words."""

RETURN_REASONS: dict[str, str] = {
    "AC01": "compte inexistant ou IBAN faux",
    "AC04": "compte clôturé",
    "AC06": "compte bloqué",
    "AC13": "compte qui n’accepte pas ce prélèvement",
    "AG01": "opération interdite sur ce compte",
    "AG02": "code d’opération faux",
    "AM02": "montant non autorisé",
    "AM04": "provision insuffisante",
    "AM05": "opération en double",
    "BE01": "titulaire différent",
    "BE04": "adresse du créancier manquante",
    "BE05": "créancier inconnu",
    "CNOR": "banque du créancier inconnue",
    "CUST": "à la demande du payeur",
    "DNOR": "banque du débiteur inconnue",
    "DT01": "date fausse",
    "DUPL": "paiement en double",
    "ED05": "règlement échoué",
    "FF01": "format faux",
    "FOCR": "à la demande de la banque du payeur",
    "FRAD": "fraude signalée",
    "MD01": "pas de mandat",
    "MD02": "mandat incomplet",
    "MD06": "contesté par le payeur",
    "MD07": "titulaire décédé",
    "MS02": "refusé par le payeur",
    "MS03": "motif non précisé",
    "RC01": "code de banque faux",
    "RR01": "titulaire non identifié",
    "RR04": "motif réglementaire",
    "SL01": "service demandé par le payeur",
    "TM01": "reçu trop tard",
}
"""Why a payment came back, in plain words, by its code of ISO 20022 (External Code Sets, ExternalReturnReason1Code)."""


def return_reason(code: str) -> str:
    """`provision insuffisante (AM04)`; the code alone where we have no words for it, '' without one."""
    if not code:
        return ""
    words = RETURN_REASONS.get(code.strip().upper())
    return f"{words} ({code})" if words else f"motif {code}"
