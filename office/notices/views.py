"""The notices of who is signed in: the list behind the bell."""

from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.address import moment_in
from common.answers import attempt, tell_done
from common.links import link
from common.typography import agree, counted
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.notices.models import Notice
from office.notices.queries import lines
from office.notices.services import forget_unreadable, mark_all_seen, mark_seen, mark_unseen

PER_PAGE = 50


@require_GET
@never_cache
@allow(Read(Data.SELF, OWN))
def notices(request: HouseRequest) -> HttpResponse:
    """What waits for the actor, the urgent first; or all, the latest first."""
    forget_unreadable(request.actor)
    mine = Notice.objects.visible_to(request.actor)
    unseen = mine.unseen()
    shows_all = request.GET.get("voir") == "toutes"
    rows = mine.order_by("-id") if shows_all else unseen.order_by("-is_urgent", "-id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    context = {
        "page": page,
        "lines": lines(page.object_list),
        "shows_all": shows_all,
        "latest": unseen.aggregate(n=Max("pk"))["n"],
    }
    return render(request, "office/notices/list.html", context)


@require_GET
@never_cache
@allow(Read(Data.SELF, OWN))
def notice(request: HouseRequest, pk: int) -> HttpResponse:
    """To the page of a notice; it is seen. (It changes only what the reader himself is shown: a link may do it.)"""
    row = get_object_or_404(Notice.objects.visible_to(request.actor), pk=pk)
    found = lines([row])
    if not found:
        raise Http404
    mark_seen(notice=row, actor=request.actor)
    return redirect(found[0].shown.url)


@require_POST
@allow(Write(Data.SELF, OWN))
def notices_seen(request: HouseRequest) -> HttpResponse:
    """All that the page showed is seen: what came since (`jusqua`) stays."""
    until = request.POST.get("jusqua", "")
    if not until.isdecimal() or len(until) > 18:
        raise Http404
    marked = attempt(lambda: mark_all_seen(until=int(until), actor=request.actor))
    n, at = marked.value
    if n:
        undo = link("office:notices_unseen", vues=at.isoformat())
        said = f"{counted(n, 'notification')} {agree(n, 'marquée,marquées')} comme {agree(n, 'vue,vues')}."
        tell_done(request, said, undo=undo)
    return redirect("office:notices")


@require_POST
@allow(Write(Data.SELF, OWN))
def notices_unseen(request: HouseRequest) -> HttpResponse:
    """Takes back what was marked as seen at the moment `vues`."""
    moment = moment_in(request.GET.get("vues") or request.POST.get("vues", ""))
    if moment is None:
        raise Http404
    attempt(lambda: mark_unseen(seen_at=moment, actor=request.actor)).tell(
        request, lambda n: f"{counted(n, 'notification')} {agree(n, 'remise')} dans la liste."
    )
    return redirect("office:notices")
