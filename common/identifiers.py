"""Checks of the identifiers of the field, with French refusals. See the table of numbers in docs/glossary.md."""

import re

from django.core.exceptions import ValidationError
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.eu import at_02
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fr import siret as stdnum_siret

DPE = re.compile(r"\d{2}(\d{2}|2[AB])[ENT]\d{7}[A-Z]")
FISCAL_ID = re.compile(r"(\d{2}|2[AB])\d{3}\d{7}")
ICS = re.compile(r"FR\d{2}[A-Z0-9]{3}[A-Z0-9]{6}")
RPLS_ID = re.compile(r"[0-9A-Z]{10}")
COMMUNE = re.compile(r"(\d{2}|2[AB])\d{3}")


def compact(value: str) -> str:
    """`value` in capitals, without spaces."""
    return re.sub(r"\s+", "", value).upper()


def french_mobile(text: str) -> str:
    """`+33612345678` for a mobile number of France however it is typed, else an empty text: no SMS goes elsewhere."""
    return _number_of_france(text, "67")


def french_phone(text: str) -> str:
    """`+33240000000` for any number of France however it is typed, else an empty text."""
    return _number_of_france(text, "1-9")


def phone_key(text: str) -> str:
    """The digits that a number is searched by: without what France's numbers begin with, here or from abroad.

    >>> phone_key("06 12 34"), phone_key("+33 (0)6 12 34"), phone_key("0033612")
    ('61234', '61234', '612')
    """
    return re.sub(r"^(?:0033|33)?0?", "", re.sub(r"[^0-9]", "", text))


def _number_of_france(text: str, first: str) -> str:
    digits = re.sub(r"[\s.\-()]", "", text)
    found = re.fullmatch(rf"(?:\+33|0033)?0?([{first}]\d{{8}})", digits)
    return f"+33{found[1]}" if found else ""


def validate_siret(value: str) -> None:
    """SIRET: 14 digits with their Luhn key (La Poste's own rule included)."""
    try:
        stdnum_siret.validate(value)
    except StdnumError:
        raise ValidationError(
            f"« {value} » n’est pas un SIRET : 14 chiffres dont la clé est juste. Vérifiez-le sur l’avis de situation.",
            code="siret",
        ) from None


def validate_iban(value: str) -> None:
    """IBAN with its mod-97 key and, for France, the RIB key inside (stdnum alone does not check that one)."""
    try:
        IBAN(value, validate_bban=True)
    except SchwiftyException:
        raise ValidationError(
            f"« {value} » n’est pas un IBAN valable : la clé ne correspond pas. Recopiez-le depuis le RIB.", code="iban"
        ) from None


def validate_ics(value: str) -> None:
    """SEPA creditor identifier (ICS), French form."""
    try:
        at_02.validate(value)
        valid = bool(ICS.fullmatch(compact(value)))
    except StdnumError:
        valid = False
    if not valid:
        raise ValidationError(
            f"« {value} » n’est pas un identifiant créancier SEPA : 13 caractères, par exemple FR72ZZZ123456.",
            code="ics",
        )


def validate_dpe(value: str) -> None:
    """DPE number since July 2021: 13 characters; its last letter follows no known key, so the form alone is checked."""
    if not DPE.fullmatch(value):
        raise ValidationError(
            f"« {value} » n’est pas un numéro de DPE : 13 caractères, par exemple 2344E1234567X.", code="dpe"
        )


def validate_fiscal_id(value: str) -> None:
    """Identifiant fiscal du local (invariant): département 2, commune 3, number 7. No key exists."""
    if not FISCAL_ID.fullmatch(value):
        raise ValidationError(
            f"« {value} » n’est pas un identifiant fiscal du logement : 12 caractères (département, commune, numéro).",
            code="fiscal_id",
        )


def validate_rpls_id(value: str) -> None:
    """RPLS dwelling identifier: 10 positions (arrêté du 5 janvier 2010); its key is not public."""
    if not RPLS_ID.fullmatch(value):
        raise ValidationError(f"« {value} » n’est pas un identifiant RPLS : 10 positions.", code="rpls_id")


def validate_commune(value: str) -> None:
    """INSEE commune code."""
    if not COMMUNE.fullmatch(value):
        raise ValidationError(f"« {value} » n’est pas un code commune INSEE : 5 positions.", code="commune")
