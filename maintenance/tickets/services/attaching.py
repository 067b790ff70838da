"""For whom a request is, and where: what is opened tells nobody who lives at a protected address."""

from common import clock, typography
from common.errors import InvalidInput
from leases.models import Household
from maintenance.tickets.queries import hidden_households
from office.access.actor import Actor
from stock.models import Dwelling


def attached(actor: Actor, dwelling: Dwelling | None, household: Household | None) -> tuple[Dwelling, Household | None]:
    """Where a new request is, and for whom.

    Without `dwelling`, the one where the household lives today; without `household`, the one that lives alone in the
    dwelling today. Who must not know who lives there gets a request without a household: found by its name, it would
    tell the address. `InvalidInput` (`household`): it does not live there; or its address must not be told to the
    actor, who names no dwelling then, the right one or another: the answer would tell.
    """
    if household is not None:
        return _home_of(household, dwelling, is_secret=_is_secret(actor, household)), household
    if dwelling is None:
        raise InvalidInput("Choisissez le logement.", field="dwelling")
    occupant = sole_occupant(dwelling)
    return dwelling, None if occupant is None or _is_secret(actor, occupant) else occupant


def sole_occupant(dwelling: Dwelling) -> Household | None:
    """The household that lives in the dwelling today, if there is one and no other."""
    day = clock.today()
    living = Household.objects.filter(occupancies__dwelling=dwelling, occupancies__period__contains=day)
    found = list(living.distinct()[:2])
    return found[0] if len(found) == 1 else None


def _is_secret(actor: Actor, household: Household) -> bool:
    return not actor.is_system and bool(hidden_households(actor, [household]))


def _home_of(household: Household, dwelling: Dwelling | None, *, is_secret: bool) -> Dwelling:
    if dwelling is not None and is_secret:
        raise InvalidInput(
            f"L’adresse {typography.of(household.name)} est protégée : "
            "ouvrez la demande depuis sa fiche, sans logement.",
            field="household",
        )
    homes = Dwelling.objects.filter(occupancies__household=household, occupancies__period__contains=clock.today())
    if dwelling is None:
        found = list(homes.distinct()[:2])
        if len(found) != 1:
            word = "a plusieurs logements" if found else "n’a pas de logement"
            raise InvalidInput(f"{household.name} {word} aujourd’hui : choisissez le logement.", field="dwelling")
        return found[0]
    if not homes.filter(pk=dwelling.pk).exists():
        raise InvalidInput(
            f"{household.name} n’habite pas ce logement aujourd’hui. Choisissez qui y vit, ou « Aucun ».",
            field="household",
        )
    return dwelling
