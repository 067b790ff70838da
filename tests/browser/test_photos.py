"""Photos of a job, from the technician's phone: chosen, sent, lost on the way, taken back, shown at the desk."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from common import clock
from maintenance.models import Photo, Ticket
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from tests.browser.conftest import Comes
from tests.browser.house import colleague
from tests.browser.person import PHONE
from tests.factories import make_picture, make_ticket

pytestmark = pytest.mark.browser


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/heic" if name.endswith("heic") else "image/jpeg", "buffer": data}


def heavy() -> bytes:
    """Some megabytes, as a phone takes them: turned by its EXIF, upright 2000 × 3000."""
    exif, out = Image.Exif(), BytesIO()
    exif[0x0112] = 6
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(out, "JPEG", quality=95, exif=exif.tobytes())
    return out.getvalue()


def all_shown(pictures: Locator) -> None:
    """Each picture came: a broken one has no width of its own."""
    for one in pictures.all():
        one.scroll_into_view_if_needed()
        expect(one).to_have_js_property("complete", True)
        assert one.evaluate("(image) => image.naturalWidth") > 0


@pytest.fixture
def started(house: None) -> Ticket:
    yann = colleague("yann")
    ticket = make_ticket(technician=yann, planned_on=clock.today())
    tickets.start(ticket=ticket, actor=Actor.of(yann))
    return ticket


def test_photos_leave_from_the_phone(comes: Comes, started: Ticket) -> None:
    yann = comes("yann", size=PHONE)
    page = yann.page
    yann.expected.add(422)
    yann.go(f"/technique/tournee/{started.pk}/")
    yann.assert_clean()
    sent: list[int] = []
    page.on("request", lambda r: sent.append(len(r.post_data_buffer or b"")) if r.url.endswith("/photos/") else None)

    # Two at once: a heavy one is made smaller before it leaves; what the browser can't read leaves as it is.
    big, heic = heavy(), make_picture(side=300, kind="HEIF").getvalue()
    page.get_by_label("Avant le travail").set_input_files([file("mur.jpg", big), file("évier.heic", heic)])
    thumbs = page.locator("#photos-liste img")
    expect(thumbs).to_have_count(2, timeout=20_000)
    expect(page.locator("#photos-liste")).to_contain_text("Avant : 2")
    assert len(big) > 2_000_000 > 1_000_000 > max(sent)
    sizes = sorted(Photo.objects.values_list("blob__width", "blob__height"))
    assert sizes == [(300, 600), (1067, 1600)]
    assert sorted(Photo.objects.values_list("name", flat=True)) == ["mur.jpg", "évier.jpg"]
    all_shown(thumbs)
    yann.assert_clean()

    # A file that is no photo is told, and the others stay.
    page.get_by_label("Après le travail").set_input_files(file("notes.jpg", b"texte"))
    expect(page.get_by_role("alert")).to_contain_text("n’est pas lisible ici")
    expect(thumbs).to_have_count(2)

    # The next ones are kept: what was refused is still told, until it was seen.
    more = [file(f"{side}.jpg", make_picture(side=side).getvalue()) for side in (60, 70)]
    page.get_by_label("Après le travail").set_input_files([more[0], file("bail.jpg", b"texte"), more[1]])
    expect(thumbs).to_have_count(4)
    expect(page.get_by_role("alert")).to_have_count(2)
    expect(page.get_by_role("alert").last).to_contain_text("bail.jpg")
    yann.assert_clean()
    for _ in range(2):
        page.get_by_role("button", name="Vu", exact=True).first.click()
    expect(page.get_by_role("alert")).to_have_count(0)
    for _ in range(2):
        page.locator("#photos-liste summary").last.click()
        page.get_by_role("button", name="Retirer", exact=True).last.click()
        expect(page.locator("#photos-liste details[open]")).to_have_count(0)
    expect(thumbs).to_have_count(2)

    # No network: the photo waits on the phone, is seen there, and leaves by itself.
    page.context.set_offline(True)
    after = page.get_by_label("Après le travail")
    after.set_input_files(file("fini.jpg", make_picture(side=120).getvalue()))
    expect(page.locator(".a-net")).to_contain_text("1 envoi en attente")
    expect(page.get_by_alt_text("Après, attend le réseau")).to_be_visible()
    assert after.evaluate("(input) => input.files.length") == 0
    page.context.set_offline(False)
    expect(thumbs).to_have_count(3)
    expect(page.locator(".a-net")).to_be_hidden()
    expect(page.get_by_alt_text("Après, attend le réseau")).to_have_count(0)

    # Taken back with the keyboard, without leaving the page: what was typed stays.
    page.get_by_role("textbox", name="Travail fait").fill("Joint changé")
    page.locator("#photos-liste summary").first.focus()
    page.keyboard.press("Enter")
    yann.assert_clean()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(thumbs).to_have_count(2)
    expect(page.get_by_role("textbox", name="Travail fait")).to_have_value("Joint changé")
    page.get_by_role("button", name="Clore l’intervention").click()
    expect(page.get_by_text("Passage clos.")).to_be_visible()

    desk = comes("camille")
    desk.go(f"/technique/demandes/{started.pk}/")
    expect(desk.page.locator(".a-photos img")).to_have_count(2)
    all_shown(desk.page.locator(".a-photos img"))
    desk.assert_clean()
    desk.page.locator(".a-photos a").first.click()
    assert desk.page.locator("img").evaluate("(i) => i.naturalWidth") > 0


def test_without_script_they_leave_together(comes: Comes, started: Ticket) -> None:
    yann = comes("yann", size=PHONE, java_script_enabled=False)
    page = yann.page
    page.goto(f"{yann.base}/technique/tournee/{started.pk}/")
    page.get_by_role("textbox", name="Travail fait").fill("Joint changé")
    two = [file(f"{side}.jpg", make_picture(side=side).getvalue()) for side in (30, 40)]
    page.get_by_label("Avant le travail").set_input_files(two)
    page.get_by_role("button", name="Envoyer les photos").click()
    expect(page.locator("#photos-liste img")).to_have_count(2)
    expect(page.get_by_role("textbox", name="Travail fait")).to_have_value("Joint changé")
    page.locator("#photos-liste summary").first.click()
    page.get_by_role("button", name="Retirer").first.click()
    expect(page.locator("#photos-liste img")).to_have_count(1)
