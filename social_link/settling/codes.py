"""Codes of an installation: what is to settle, what furnishes, what it asks of whom."""

from common.codes import Code


class SettlingStep(Code):
    """What a household settles in its first months in a dwelling (S0-07), in the order in which it presses."""

    INSURANCE = "INSURANCE", "Assurance du logement"
    ENERGY = "ENERGY", "Contrat d’énergie"
    WATER = "WATER", "Contrat d’eau"
    BENEFIT = "BENEFIT", "Changement d’adresse à la CAF ou à la MSA"
    OFFICES = "OFFICES", "Changement d’adresse aux autres organismes"
    MAIL = "MAIL", "Courrier et boîte aux lettres"
    SCHOOL = "SCHOOL", "École ou mode de garde"
    FURNITURE = "FURNITURE", "Liste du mobilier"
    DISTRICT = "DISTRICT", "Quartier, services et transports vus ensemble"


class Furniture(Code):
    BED = "BED", "Lit"
    TABLE = "TABLE", "Table et chaises"
    STORAGE = "STORAGE", "Rangement"
    FRIDGE = "FRIDGE", "Réfrigérateur"
    HOB = "HOB", "Plaques ou cuisinière"
    WASHER = "WASHER", "Lave-linge"
    DISHES = "DISHES", "Vaisselle"
    LINEN = "LINEN", "Linge de maison"
    BABY = "BABY", "Équipement de bébé"


class SettlingDuty(Code):
    OPEN = "SETTLING", "Installation à finir"
