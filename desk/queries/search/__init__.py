"""One search for everything: names, phones, streets, dwellings, requests, amounts, pages and verbs. Accents and case
ignored.

Every source is searched by an index (trigrams of a search key) and filtered by `visible_to`: nobody finds a row that he
may not open.
"""

from datetime import date

from common.text import sort_key
from desk.queries.search import commands
from desk.queries.search.hits import Group, Hit, Results
from desk.queries.search.households import alike, households
from desk.queries.search.money import amounts
from desk.queries.search.papers import receipts, references
from desk.queries.search.things import agreements, dwellings, organisations, tickets
from leases.households.models import searched_number
from office.access.actor import Actor

SHORTEST = 2
PANEL = 5
PAGE = 40


def search(*, query: str, actor: Actor, day: date, limit: int = PANEL) -> Results:
    """At most twenty queries, however much is found. `limit` results by kind."""
    key = sort_key(query)
    results = Results(query.strip())
    if len(key) < SHORTEST:
        results.too_short = True
        return results
    asks = commands.asked(query)
    if asks and (done := _done(asks, actor, day, limit)):
        results.groups = done
        return results
    homes = households(key, searched_number(query), actor, day, limit)
    pages, is_page = commands.pages(key, actor, limit)
    found = [
        homes,
        dwellings(key, actor, day, limit),
        tickets(key, actor, limit),
        references(query, actor),
        receipts(key, actor),
        agreements(key, actor, limit),
        organisations(key, actor, limit),
        amounts(query, actor, day, limit),
        commands.offered(homes.hits[0], actor) if homes and homes.hits else None,
    ]
    found.insert(0 if is_page else len(found), pages)
    results.groups = [group for group in found if group and group.hits]
    if not results.groups and (close := alike(key, actor, day, limit)) and close.hits:
        results.groups = [close]
        results.is_close = True
    return results


def _done(asks: commands.Asked, actor: Actor, day: date, limit: int) -> list[Group]:
    """The verb for the households of that name, where it can be done, then these; nothing where there are none."""
    homes = households(asks.who, "", actor, day, limit)
    if not homes or not homes.hits:
        return []
    verb = commands.verb_group(asks, homes.hits, actor)
    return [verb, homes] if verb else [homes]


__all__ = ["PAGE", "PANEL", "Group", "Hit", "Results", "search"]
