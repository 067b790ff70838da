"""The search of the top bar: a panel under the field as one types, a page of results with Entrée."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from common import clock
from desk.queries import search as finder
from desk.queries.search.examples import examples
from office.access.matrix import OWN, Data, Read
from office.access.permissions import allow
from office.access.requests import HouseRequest

# A user needs one of these capabilities to search.
SEARCHES = (Read(Data.IDENTITY), Read(Data.STOCK), Read(Data.TICKET, OWN))


@require_safe
@allow(*SEARCHES)
@vary_on_headers("HX-Request")
def search(request: HouseRequest) -> HttpResponse:
    """`?q=`: what the actor's role may open, and nothing else."""
    query = request.GET.get("q", "")[:80]
    in_panel = bool(request.htmx)
    if in_panel and not query.strip():
        return HttpResponse("")
    limit = finder.PANEL if in_panel else finder.PAGE
    results = finder.search(query=query, actor=request.actor, day=clock.today(), limit=limit)
    numbered = 0
    rows = []
    for group in results.groups:
        hits = []
        for hit in group.hits:
            numbered += 1
            hits.append((numbered, hit))
        rows.append((group, hits))
    template = "desk/includes/results.html" if in_panel else "desk/search.html"
    context = {"results": results, "rows": rows, "query": query}
    if not in_panel and not rows:
        context["examples"] = examples(request.actor, clock.today())
    return render(request, template, context)
