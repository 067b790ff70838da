"""The dated parameter of the rent runs: from which day the next month is proposed."""

from common.params import Kind, declare

RUN_FROM_DAY = declare(
    key="rent.run_from_day",
    kind=Kind.INT,
    unit="jour du mois",
    label="Jour à partir duquel l’accueil propose le quittancement du mois suivant",
    source="Usage de la maison, aucun texte",
    verified=False,
    default=20,
).key
