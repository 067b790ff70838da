"""What is touched on a phone is 44 px high, on the pages of who works outside and on a list of the desk."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.db.models import QuerySet

from common import clock
from leases.models import Household
from maintenance.models import Ticket
from maintenance.tickets.codes import Priority
from office.access.codes import Role
from social_link.models import Alert
from stock.models import Dwelling
from tests.browser.conftest import Comes
from tests.browser.person import NARROW, PHONE
from tests.factories import make_ticket, make_user

pytestmark = pytest.mark.browser

# A link inside a sentence is as high as its words reach (WCAG 2.5.8 lets it); a box is touched by its label.
_SMALL = """() => {
  const inSentence = (e) => getComputedStyle(e).display === "inline"
    && [...e.parentElement.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const touched = (e) => e.matches("[type=checkbox], [type=radio]") ? e.closest("label, .a-choice, td, th") ?? e : e;
  return [...document.querySelectorAll("a[href], button, summary, select, input:not([type=hidden]), textarea")]
    .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".a-skip, .a-chart, dialog:not([open])"))
    .map((e) => [e, touched(e).getBoundingClientRect()])
    .filter(([e, box]) => box.width > 1 && box.height > 1 && box.height < 43.5 && !inSentence(e))
    .map(([e, box]) => `${Math.round(box.height)} px: <${e.tagName.toLowerCase()} class="${e.className}"> `
      + `« ${(e.innerText || e.name || e.getAttribute("aria-label") || "").trim().slice(0, 30)} »`);
}"""


def _last(rows: QuerySet[Any], first_name: str) -> int:
    """The id of the newest open one of this person."""
    return int(rows.filter(assignee__first_name=first_name).latest("pk").pk)


PAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "tournée": ("yann", lambda: "/technique/tournee/"),
    "intervention": ("yann", lambda: f"/technique/tournee/{_last(Ticket.objects.open(), 'Yann')}/"),
    "j’ai vu": ("yann", lambda: "/technique/jai-vu/"),
    "demandes": ("yann", lambda: "/technique/demandes/"),
    "logements": ("yann", lambda: f"/parc/logements/?q={Dwelling.objects.all()[0].reference}"),
    "logement": ("yann", lambda: f"/parc/logements/{Dwelling.objects.all()[0].pk}/"),
    "accueil social": ("camille", lambda: "/"),
    "alertes": ("camille", lambda: "/social/alertes/"),
    "alerte": ("camille", lambda: f"/social/alertes/{_last(Alert.objects.open(), 'Camille')}/"),
    "agenda": ("camille", lambda: "/social/contacts/"),
    "contact": ("camille", lambda: f"/social/contacts/nouveau/{Household.objects.get(name__contains='Delaunoy').pk}/"),
    "impayés": ("nadege", lambda: "/loyers/impayes/?situation=tous"),
    "accueil de la gestion": ("nadege", lambda: "/"),
    "banque": ("nadege", lambda: "/loyers/banque/"),
    "quittancement": ("nadege", lambda: "/loyers/quittancement/"),
    "ménage": ("nadege", lambda: f"/menages/{Household.objects.get(name__contains='Vernoux').pk}/"),
    "direction": ("marc", lambda: "/"),
    "financeur": ("ccas", lambda: "/"),
    "administration": ("lise", lambda: "/"),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_target_is_as_high_as_a_thumb(comes: Comes, name: str) -> None:
    who, path = PAGES[name]
    person = comes(who, size=PHONE)
    person.go(path())
    person.page.wait_for_load_state("networkidle")
    small = person.page.evaluate(_SMALL)
    assert not small, f"{len(small)} targets\n" + "\n".join(dict.fromkeys(small))


@pytest.mark.parametrize(
    "path", ["/technique/tournee/", "/technique/demandes/", "/parc/logements/", "/technique/jai-vu/"]
)
def test_the_four_tabs_never_move(comes: Comes, path: str) -> None:
    yann = comes("yann", size=NARROW)
    yann.go(path)
    tabs = yann.page.locator("nav.a-tabbar > *")
    assert [tab.inner_text().strip() for tab in tabs.all()] == ["Tournée", "Demandes", "Logements", "J’ai vu"]
    yann.assert_clean()


def test_no_mark_stands_alone_on_a_line(comes: Comes) -> None:
    yann = comes("yann", size=PHONE)
    yann.go("/technique/jai-vu/")
    assert "\u00a0?" in yann.page.locator(".a-phone-top .a-sub").first.inner_text().replace("\u202f", "\u00a0")


def test_a_card_of_the_round_opens_wherever_it_is_tapped_and_says_everything(comes: Comes) -> None:
    technician = make_user(role=Role.TECHNICIAN)
    jobs = [make_ticket(technician=technician, planned_on=clock.today()) for _ in range(2)]
    Ticket.objects.filter(pk=jobs[1].pk).update(priority=Priority.EMERGENCY, planned_at=time(23, 59))
    Ticket.objects.filter(pk=jobs[0].pk).update(planned_at=time(23, 30), contact_phone="0612345678")
    there = comes(technician, size=PHONE, has_touch=True)
    page = there.page
    there.go("/technique/tournee/")
    now, later = page.locator("article.a-job").all()
    # What leads to the door shares the width of the card.
    calls = [now.get_by_role("link", name=name).bounding_box() for name in ("Appeler", "Y aller")]
    assert all(box and box["width"] > 140 for box in calls), calls
    # The word « Urgence » does not push the words of its card out of their column.
    inner = page.evaluate("[...document.querySelectorAll('.a-job:not(.is-now) .a-grow')].map((e) => e.offsetLeft)")
    Ticket.objects.filter(pk=jobs[1].pk).update(priority=Priority.NORMAL)
    page.reload()
    assert inner == page.evaluate(
        "[...document.querySelectorAll('.a-job:not(.is-now) .a-grow')].map((e) => e.offsetLeft)"
    )
    later.tap(position={"x": 40, "y": 60})
    page.wait_for_url(f"**/technique/tournee/{jobs[1].pk}/")
    # Its title is read whole.
    title = "h => h.scrollWidth <= h.clientWidth + 1 && getComputedStyle(h).whiteSpace !== 'nowrap'"
    Ticket.objects.filter(pk=jobs[1].pk).update(title="Prise qui chauffe, étincelles et fils à nu dans la cuisine")
    page.reload()
    assert page.locator("h1").evaluate(title)
    there.assert_clean()


def test_a_choice_stands_in_the_middle_of_its_box(comes: Comes) -> None:
    camille = comes("camille", size=PHONE)
    camille.go(f"/social/alertes/{_last(Alert.objects.open(), 'Camille')}/")
    if not (causes := camille.page.locator("#reponse")).is_visible():
        camille.page.locator("#t-rep").click()
    off = causes.evaluate(
        """(form) => [...form.querySelectorAll(".a-choice")].filter((e) => e.checkVisibility()).map((e) => {
          const words = document.createRange();
          words.selectNodeContents(e.querySelector("span"));
          const [box, text] = [e.getBoundingClientRect(), words.getBoundingClientRect()];
          return Math.abs((box.top + box.bottom - text.top - text.bottom) / 2); })"""
    )
    assert len(off) >= 6
    assert max(off) <= 1.5, off


def test_a_fact_of_the_list_has_its_lines_together(comes: Comes) -> None:
    camille = comes("camille", size=NARROW)
    camille.go("/social/alertes/")
    gaps = camille.page.evaluate(
        """() => [...document.querySelectorAll(".a-alert p.a-sub")].map((p) => {
          const range = document.createRange(); range.selectNodeContents(p.firstChild);
          const tops = [...new Set([...range.getClientRects()].map((box) => Math.round(box.top)))];
          return tops.slice(1).map((top, n) => top - tops[n]); }).flat()"""
    )
    assert gaps
    assert max(gaps) <= 20, gaps
