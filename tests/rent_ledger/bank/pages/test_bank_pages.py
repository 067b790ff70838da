"""The bank's pages: what they show, what they do, to whom, at which cost."""

import html
import re
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from office.access.codes import Role
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.queries.inbox import lines_of, proposals_without_doubt
from rent_ledger.models import AccountState, BankLine, BankStatement, Match
from tests.factories import make_bank_account, make_let, make_user, owe
from tests.pages import plain, signed_in
from tests.rent_ledger.banking import camt, drop, movement, payer_iban, written

pytestmark = pytest.mark.django_db
NOV_1 = date(2026, 11, 1)
BANK = reverse("rent_ledger:bank")


@pytest.fixture
def client() -> Client:
    return signed_in(make_user())


def inbox(sure: int = 1, proposed: int = 1, to_place: int = 1):
    """One statement with so many lines in each column; the accounts of the proposed ones."""
    bank, entries, accounts = make_bank_account(), [], []
    for i in range(sure):
        lease = make_let(name=f"Ménage sûr {i}")
        owe(lease=lease, due_on=NOV_1, amount="480.00")
        entries.append(movement("480.00", label=f"S{i}", reference=lease.payment_reference))
    for i in range(proposed):
        lease = make_let(name=f"Ménage proposé {i}")
        accounts.append(owe(lease=lease, due_on=NOV_1, amount="480.00"))
        entries.append(movement("480.00", label=f"P{i}", name=f"ALIX {lease.parties.get().person.last_name}"))
    entries += [movement("75.00", label=f"ESPECES GAB {i}") for i in range(to_place)]
    drop(camt(written(bank, *entries)))
    return accounts


def test_an_association_without_statement_is_told_what_to_do(client):
    assert "Déposez le relevé de la banque" in plain(client.get(BANK))


def test_what_waits_with_its_reasons_and_the_last_statement_beside(client):
    inbox()
    page = client.get(BANK)
    text = plain(page)
    for seen in (
        "2 lignes à traiter, tous relevés réunis", "75,00 € en attente d’un nom",
        "Relevé du 4 nov. 2026", "équilibré au centime", "1 000,00 €", "+1 035,00 €", "2 035,00 €", "sur 3",
        "Ménage sûr 0", "Ménage proposé 0", "Montant égal à ce qui est dû", "IBAN absent", "ESPECES GAB 0",
        "Aucun ménage à ce nom",
    ):  # fmt: skip
        assert seen in text, seen
    work, _, done = page.content.decode().partition("Déjà rapprochées")
    assert "Ménage proposé 0" in work
    assert "ESPECES GAB 0" in work
    assert "Ménage sûr 0" in done


def test_the_page_of_one_statement_counts_its_own_lines(client):
    inbox()
    first = BankStatement.objects.get()
    drop(camt(written(make_bank_account(), movement("31.00", label="AUTRE COMPTE"))))
    text = plain(client.get(reverse("rent_ledger:bank_statement", args=[first.pk])))
    assert "Relevé du 4 nov. 2026" in text
    assert "2 lignes à traiter" in text
    assert "dans ce relevé" in text
    assert "AUTRE COMPTE" not in text
    assert "3 lignes à traiter" in plain(client.get(BANK))


def test_the_cost_does_not_follow_the_number_of_lines(client, django_assert_max_num_queries):
    inbox(2, 2, 2)
    client.get(BANK)
    with django_assert_max_num_queries(18) as few:
        client.get(BANK)
        cost = len(few)
    inbox(7, 7, 7)
    with django_assert_max_num_queries(cost):
        client.get(BANK)


def test_a_column_is_cut_and_shown_whole_on_demand(client):
    inbox(sure=0, proposed=0, to_place=11)
    assert "Voir 3 autres lignes" in plain(client.get(BANK))
    whole = plain(client.get(BANK, {"etat": "a-placer"}))
    assert whole.count("ESPECES GAB") >= 11


def test_accepting_places_the_money_and_comes_back(client):
    [account] = inbox()
    line = BankLine.objects.get(state=LineState.PROPOSED)
    done = client.post(reverse("rent_ledger:bank_accept", args=[line.pk]), {"retour": BANK}, follow=True)
    assert done.redirect_chain == [(BANK, 302)]
    assert "480,00 € placés sur Ménage proposé 0." in plain(done)
    assert AccountState.objects.get(account_id=account).debt == 0


def test_accepting_brings_the_list_back_with_the_way_to_take_it_back_and_a_conflict_says_so(client):
    [account] = inbox()
    line = BankLine.objects.get(state=LineState.PROPOSED)
    url, undo = (reverse(f"rent_ledger:bank_{name}", args=[line.pk]) for name in ("accept", "undo"))
    first = client.post(url, {"retour": BANK}, headers={"HX-Request": "true"}, follow=True)
    work, _, done = plain(first).partition("Déjà rapprochées")
    assert f'id="ligne-{line.pk}"' not in work
    assert f'id="ligne-{line.pk}"' in done
    assert f'hx-post="{undo}"' in work
    assert "1 ligne à traiter" in work
    again = client.post(url, {"retour": BANK}, headers={"HX-Request": "true"}, follow=True)
    assert "déjà « placée par une personne »" in plain(again)
    taken_back = client.post(undo, {"retour": BANK}, headers={"HX-Request": "true"}, follow=True)
    assert "480,00 € attendent de nouveau un nom" in plain(taken_back)
    assert AccountState.objects.get(account_id=account).debt == Decimal("480.00")


def test_undo_and_leave(client):
    inbox(sure=1, proposed=0)
    sure, waiting = BankLine.objects.get(state=LineState.SURE), BankLine.objects.get(state=LineState.TO_PLACE)
    client.post(reverse("rent_ledger:bank_undo", args=[sure.pk]))
    client.post(reverse("rent_ledger:bank_leave", args=[waiting.pk]))
    sure.refresh_from_db()
    waiting.refresh_from_db()
    assert (sure.state, waiting.state) == (LineState.TO_PLACE, LineState.OTHER)
    page, undo = plain(client.get(BANK, {"etat": "hors-loyers"})), reverse("rent_ledger:bank_undo", args=[waiting.pk])
    assert "ESPECES GAB" in page
    assert undo in page
    client.post(undo)
    assert BankLine.objects.get(pk=waiting.pk).state == LineState.TO_PLACE
    assert "ESPECES GAB" not in plain(client.get(BANK, {"etat": "hors-loyers"}))


def test_what_the_rules_call_fees_has_a_way_back(client):
    drop(camt(written(make_bank_account(), movement("-30.00", label="FRAIS DE TENUE"))))
    line = BankLine.objects.get()
    assert line.state == LineState.OTHER
    page, undo = plain(client.get(BANK, {"etat": "hors-loyers"})), reverse("rent_ledger:bank_undo", args=[line.pk])
    assert "FRAIS DE TENUE" in page
    assert undo in page
    client.post(undo)
    assert BankLine.objects.get().state == LineState.TO_PLACE


@pytest.mark.parametrize(
    ("code", "words"),
    [("AM04", "provision insuffisante (AM04)"), ("MD06", "contesté par le payeur (MD06)"), ("ZZ99", "motif ZZ99")],
)
def test_why_a_payment_came_back_is_said_in_words(client, code, words):
    drop(camt(written(make_bank_account(), movement("-30.00", label="REJET PRLV", reason=code))))
    line = BankLine.objects.get()
    assert f"Rejet : {words}" in plain(client.get(BANK))
    assert f"rejet : {words}" in plain(client.get(reverse("rent_ledger:bank_place", args=[line.pk])))


def test_money_that_came_and_left_again_has_no_way_back(client):
    come = movement("30.00", label="INCONNU", end_to_end="E1")
    gone = movement("-30.00", label="REJET", reason="AC04", end_to_end="E1")
    drop(camt(written(make_bank_account(), come, gone)))
    line = BankLine.objects.get(amount__gt=0)
    assert line.state == LineState.OTHER
    page, undo = plain(client.get(BANK, {"etat": "hors-loyers"})), reverse("rent_ledger:bank_undo", args=[line.pk])
    assert "INCONNU" in page
    assert undo not in page
    client.post(undo)
    assert BankLine.objects.get(pk=line.pk).state == LineState.OTHER


def test_accepting_all_without_doubt_leaves_the_doubtful(client):
    inbox(sure=0, proposed=2, to_place=0)
    doubtful = Match.objects.first()
    doubtful.reasons = [{"code": "NAME", "figures": {"percent": 70}, "ok": False}]
    doubtful.save()
    done = plain(client.post(reverse("rent_ledger:bank_accept_all"), follow=True))
    assert list(Match.objects.filter(is_accepted=False)) == [doubtful]
    [undo] = re.findall(rf'hx-post="({reverse("rent_ledger:bank_undo_all")}[^"]*)"', done)
    told = plain(client.post(html.unescape(undo), {"retour": BANK}, follow=True))
    assert "1 ligne attend de nouveau votre accord" in told
    assert not Match.objects.filter(is_accepted=True, undone_at=None).exists()
    again = plain(client.post(html.unescape(undo), {"retour": BANK}, follow=True))
    assert "déjà « à placer »" in again
    nothing = plain(client.post(reverse("rent_ledger:bank_accept_all"), follow=True))
    assert "il n’en reste aucune sans réserve" in nothing


def test_what_waits_is_found_without_reading_all_years():
    """Right after an import the planner knows of no line that waits, and would read all of them once per proposal."""
    with CaptureQueriesContext(connection) as seen:
        assert proposals_without_doubt().count() == 0
    assert "JOIN" not in seen.captured_queries[0]["sql"]
    assert "rent_ledger_entry" not in str(lines_of("hors-loyers", statement=None).query)


def test_a_household_is_found_as_one_types_and_receives_the_line(client):
    inbox(sure=0, proposed=0)
    lease = make_let(name="Mme Lina Ferreira")
    account = owe(lease=lease, due_on=NOV_1, amount="199.00")
    line = BankLine.objects.get()
    found = plain(client.get(reverse("rent_ledger:bank_payees", args=[line.pk]), {"q": "ferr", "retour": BANK}))
    assert "Mme Lina Ferreira" in found
    assert "doit 199,00 €" in found
    client.post(
        reverse("rent_ledger:bank_place", args=[line.pk]), {"vers": f"bail-{lease.pk}", "montant": str(line.amount)}
    )
    assert AccountState.objects.get(account_id=account).debt == Decimal("124.00")


def test_a_line_is_shared_on_its_page(client):
    inbox(sure=0, proposed=0)
    one, two = make_let(name="M. Un"), make_let(name="M. Deux")
    accounts = [owe(lease=lease, due_on=NOV_1, amount="40.00") for lease in (one, two)]
    line = BankLine.objects.get()
    url = reverse("rent_ledger:bank_place", args=[line.pk])
    seen = plain(client.get(url, {"vers": [f"bail-{one.pk}", f"bail-{two.pk}"]}))
    assert 'value="40,00"' in seen
    assert 'value="35,00"' in seen
    wrong = client.post(url, {"vers": [f"bail-{one.pk}", f"bail-{two.pk}"], "montant": ["40,00", "34,00"]})
    assert wrong.status_code == 422
    assert "la différence est de 1,00 €" in plain(wrong)
    assert 'value="34,00"' in plain(wrong)
    client.post(url, {"vers": [f"bail-{one.pk}", f"bail-{two.pk}"], "montant": ["40,00", "35,00"]})
    assert [AccountState.objects.get(account_id=a).debt for a in accounts] == [0, Decimal("5.00")]


def choice(client: Client, line: BankLine, **asked) -> str:
    """What the card of a line unfolds, asked by htmx."""
    answer = client.get(reverse("rent_ledger:bank_place", args=[line.pk]), asked, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    return plain(answer)


def shown(page: str) -> list[str]:
    return re.findall(r'name="montant"[^>]*?value="([^"]*)"[^>]*data-share', page)


def test_sharing_begins_with_what_was_proposed_and_a_household_more_receives_what_is_left(client):
    inbox(sure=0, proposed=1, to_place=0)
    other = make_let(name="M. Deux")
    line = BankLine.objects.get()
    page = choice(client, line)
    assert "Ménage proposé 0" in page
    assert shown(page) == ["480,00"]
    [first] = re.findall(r'name="vers" value="([^"]+)"', page.partition("</form>")[0])
    page = choice(client, line, vers=first, montant="300,00", plus=f"bail-{other.pk}")
    assert shown(page) == ["300,00", "180,00"]
    assert "Reste à partager : 0,00 €" in page
    # What is typed is kept where the sum is wrong, in the card.
    url = reverse("rent_ledger:bank_place", args=[line.pk])
    refused = client.post(
        url, {"vers": [first, f"bail-{other.pk}"], "montant": ["300,00", "18,00"]}, headers={"HX-Request": "true"}
    )
    assert refused.status_code == 422
    assert refused.headers["HX-Retarget"] == f"#choix-{line.pk}"
    assert shown(plain(refused)) == ["300,00", "18,00"]
    assert "la différence est de 162,00 €" in plain(refused)
    assert "Reste à partager : 162,00 €" in plain(refused)


def test_a_household_is_taken_out_of_the_choice_one_at_a_time(client):
    inbox(sure=0, proposed=1, to_place=0)
    other = make_let(name="M. Deux")
    line = BankLine.objects.get()
    [first] = re.findall(r'name="vers" value="([^"]+)"', choice(client, line).partition("</form>")[0])
    page = choice(client, line, vers=[first, f"bail-{other.pk}"])
    without = [html.unescape(found) for found in re.findall(r'hx-get="[^"?]+\?([^"]+)"', page)]
    assert len(without) == 2
    page = choice(client, line, **parse_qs(without[1]))
    assert shown(page) == ["480,00"]
    assert "M. Deux" not in page
    assert shown(choice(client, line, **parse_qs(without[0]) | {"vers": []})) == []


def test_one_household_receives_the_whole_line_and_one_that_had_it_is_offered_again(client):
    [account] = inbox(sure=0, proposed=1, to_place=0)
    line = BankLine.objects.get()
    page = choice(client, line, choix="un", retour=BANK)
    assert shown(page) == []
    [value] = re.findall(r'role="option"[^>]*value="([^"]+)"', page)
    url = reverse("rent_ledger:bank_place", args=[line.pk])
    done = client.post(url, {"vers": value, "choix": "un", "retour": BANK}, headers={"HX-Request": "true"}, follow=True)
    assert "480,00 € placés sur Ménage proposé 0" in plain(done)
    assert AccountState.objects.get(account_id=account).debt == 0
    client.post(reverse("rent_ledger:bank_undo", args=[line.pk]))
    assert f'value="{value}"' in choice(client, line, choix="un")


def test_a_line_decided_meanwhile_is_told_in_the_list(client):
    inbox(sure=0, proposed=1, to_place=0)
    lease, line = make_let(name="M. Deux"), BankLine.objects.get()
    client.post(reverse("rent_ledger:bank_accept", args=[line.pk]))
    late = client.post(
        reverse("rent_ledger:bank_place", args=[line.pk]),
        {"vers": f"bail-{lease.pk}", "choix": "un", "retour": BANK}, headers={"HX-Request": "true"}, follow=True,
    )  # fmt: skip
    assert late.redirect_chain == [(BANK, 302)]
    assert "déjà « placée par une personne »" in plain(late)
    assert Match.objects.filter(is_accepted=True).count() == 1


def test_a_lease_never_billed_may_receive_money(client):
    inbox(sure=0, proposed=0)
    lease, line = make_let(), BankLine.objects.get()
    client.post(reverse("rent_ledger:bank_place", args=[line.pk]), {"vers": f"bail-{lease.pk}", "montant": "75,00"})
    assert Match.objects.get(is_accepted=True).account.lease == lease


def test_a_place_for_money_that_does_not_exist_is_not_found(client):
    inbox(sure=0, proposed=0)
    url = reverse("rent_ledger:bank_place", args=[BankLine.objects.get().pk])
    for wrong in ("bail-999999", "compte-30", "bail-x", "autre-1"):
        assert client.post(url, {"vers": wrong, "montant": "75,00"}).status_code == 404


@pytest.mark.parametrize("wrong", ["https://evil.test/", "//evil.test/", "x", "pas une adresse", "é", "\0", "/\\evil"])
def test_a_way_back_never_leaves_the_house(client, wrong):
    inbox()
    line = BankLine.objects.get(state=LineState.PROPOSED)
    left = client.post(reverse("rent_ledger:bank_accept", args=[line.pk]), {"retour": wrong})
    assert left.headers["Location"] == BANK


# -- files ----------------------------------------------------------------------------------------------------------


def upload(client: Client, data: bytes, name: str = "releve.xml", **more: str):
    sent = {"file": SimpleUploadedFile(name, data), "request_key": uuid4(), **more}
    return client.post(reverse("rent_ledger:bank_upload"), sent, follow=True)


def test_a_dropped_file_is_imported_and_told(client):
    bank = make_bank_account()
    seen = upload(client, camt(written(bank, movement("10.00"), movement("11.00", label="AUTRE"))))
    assert "2 lignes nouvelles, 0 déjà là : 0 sûre, 0 proposée, 2 à placer." in plain(seen)
    assert seen.redirect_chain[-1][0] == reverse("rent_ledger:bank_statement", args=[BankStatement.objects.get().pk])


def test_the_lines_that_are_told_add_up(client):
    entries = movement("10.00"), movement("-30.00", label="FRAIS DE TENUE")
    seen = plain(upload(client, camt(written(make_bank_account(), *entries))))
    assert "2 lignes nouvelles, 0 déjà là : 0 sûre, 0 proposée, 1 à placer, 1 hors loyers." in seen


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"bonjour", "relevé"), (b"%PDF-1.4", "PDF"), (b"", "Le fichier est vide")],
)
def test_what_cannot_be_taken_is_told_and_nothing_is_written(client, data, message):
    seen = upload(client, data)
    assert seen.status_code == 422
    assert message in plain(seen)
    assert BankStatement.objects.count() == 0


def test_of_several_files_each_is_told_by_itself(client):
    """A page without script takes one: `multiple` is set by the script that sends each alone."""
    url, bank = reverse("rent_ledger:bank_upload"), make_bank_account()
    field = re.search(r'<input type="file"[^>]*>', client.get(url).text)
    assert field is not None
    assert ("data-each" in field[0], "multiple" in field[0]) == (True, False)

    def one(data: bytes):
        sent = {"file": SimpleUploadedFile("releve.xml", data), "request_key": uuid4()}
        return client.post(url, sent, headers={"Ancrage-Each": "1"})

    taken, refused = one(camt(written(bank, movement("10.00")))), one(b"bonjour")
    assert taken.json()["told"][0].startswith("1\xa0ligne nouvelle, 0 déjà là")
    assert taken.json()["to"] == reverse("rent_ledger:bank_statement", args=[BankStatement.objects.get().pk])
    assert (refused.status_code, "relevé" in refused.json()["errors"][0]) == (422, True)
    assert "ligne nouvelle" not in plain(client.get(url))


def test_an_unknown_account_is_told(client):
    seen = upload(client, camt(written(payer_iban(3), movement("10.00"))))
    assert (seen.status_code, "n’est pas un compte de l’association" in plain(seen)) == (422, True)


def test_an_unknown_account_is_left_out_by_a_tick(client):
    data = camt(written(payer_iban(3), movement("7.00")), written(make_bank_account(), movement("10.00")))
    assert upload(client, data).status_code == 422
    page = plain(upload(client, data, leave_unknown="on"))
    assert "son relevé n’a pas été importé" in page
    assert BankLine.objects.get().amount == 10


def test_a_huge_upload_is_refused_by_its_announced_size(client):
    answer = client.post(
        reverse("rent_ledger:bank_upload"), b"x", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200_000_000),
    )  # fmt: skip
    assert answer.status_code == 413
    assert "la limite est de 50 Mo" in plain(answer)


def test_a_statement_aside_is_shown_with_its_gap_and_taken(client):
    bank = make_bank_account()
    upload(client, camt(written(bank, movement("10.00"))).replace(b">1010.00<", b">1013.00<"))
    statement = BankStatement.objects.get()
    seen = plain(client.get(reverse("rent_ledger:bank_statements")))
    assert "diffèrent de <strong>3,00 €</strong>" in seen
    assert "1 relevé est mis de côté" in plain(client.get(BANK))
    assert client.get(reverse("rent_ledger:bank_statement", args=[statement.pk])).status_code == 302
    client.post(reverse("rent_ledger:bank_confirm", args=[statement.pk]))
    assert BankLine.objects.count() == 1


def test_a_wrong_statement_is_taken_out_from_its_page(client):
    bank = make_bank_account()
    upload(client, camt(written(bank, movement("10.00"))))
    statement = BankStatement.objects.get()
    page = reverse("rent_ledger:bank_withdraw", args=[statement.pk])
    assert page in plain(client.get(reverse("rent_ledger:bank_statement", args=[statement.pk])))
    assert "1 mouvement, +10,00 €" in " ".join(plain(client.get(page)).split())
    refused = client.post(page, {"reason": " "})
    assert (refused.status_code, statement.lines.get().state) == (422, LineState.TO_PLACE)
    assert "Dites ce qui n’allait pas" in plain(refused)
    assert client.post(page, {"reason": "Relevé du compte d’une autre association"}).status_code == 302
    listed = " ".join(plain(client.get(reverse("rent_ledger:bank_statements"))).split())
    assert "Retiré" in listed
    assert "Relevé du compte d’une autre association" in listed
    assert client.get(reverse("rent_ledger:bank_statement", args=[statement.pk])).status_code == 302
    assert "Ce relevé est retiré depuis" in plain(client.get(page))
    assert client.post(page, {"reason": "Encore"}).status_code == 422


def test_what_stands_on_a_statement_is_named_before(client):
    inbox(sure=0, proposed=1, to_place=0)
    statement, line = BankStatement.objects.get(), BankLine.objects.get()
    client.post(reverse("rent_ledger:bank_accept", args=[line.pk]))
    shown = " ".join(plain(client.get(reverse("rent_ledger:bank_withdraw", args=[statement.pk]))).split())
    assert "1 ligne a été placée par une personne" in shown
    assert "Retirer le relevé</button>" not in shown


def test_a_statement_aside_is_refused_for_good(client):
    upload(client, camt(written(make_bank_account(), movement("10.00"))).replace(b">1010.00<", b">1013.00<"))
    page = reverse("rent_ledger:bank_withdraw", args=[BankStatement.objects.get().pk])
    assert page in plain(client.get(reverse("rent_ledger:bank_statements")))
    client.post(page, {"reason": "La banque en a donné un juste"})
    assert "mis de côté" not in plain(client.get(BANK))


def test_the_list_of_statements_tells_a_break_in_the_chain(client):
    bank = make_bank_account()
    drop(camt(written(bank, movement("10.00"))))
    after = written(bank, movement("5.00", day=date(2026, 11, 5)), opening="1030.00", closing_day=date(2026, 11, 5))
    drop(camt(after))
    assert "ne suit pas le précédent (+20,00 €)" in plain(client.get(reverse("rent_ledger:bank_statements")))


def addresses() -> list[tuple[str, str]]:
    inbox()
    line, statement = BankLine.objects.get(state=LineState.PROPOSED), BankStatement.objects.get()
    return [
        ("get", BANK),
        ("get", reverse("rent_ledger:bank_statements")),
        ("get", reverse("rent_ledger:bank_statement", args=[statement.pk])),
        ("get", reverse("rent_ledger:bank_withdraw", args=[statement.pk])),
        ("get", reverse("rent_ledger:bank_upload")),
        ("get", reverse("rent_ledger:bank_place", args=[line.pk])),
        ("get", reverse("rent_ledger:bank_payees", args=[line.pk])),
        ("post", reverse("rent_ledger:bank_upload")),
        ("post", reverse("rent_ledger:bank_accept_all")),
        ("post", reverse("rent_ledger:bank_confirm", args=[statement.pk])),
        ("post", reverse("rent_ledger:bank_withdraw", args=[statement.pk])),
        ("post", reverse("rent_ledger:bank_accept", args=[line.pk])),
        ("post", reverse("rent_ledger:bank_place", args=[line.pk])),
        ("post", reverse("rent_ledger:bank_leave", args=[line.pk])),
        ("post", reverse("rent_ledger:bank_undo", args=[line.pk])),
    ]


@pytest.mark.parametrize("role", [r for r in Role if r != Role.RENTAL_MANAGER])
def test_labels_of_the_bank_are_for_the_rental_manager(role):
    client = signed_in(make_user(role=role))
    for method, url in addresses():
        assert getattr(client, method)(url).status_code == 403, url
    assert BankLine.objects.filter(state=LineState.PROPOSED).exists()


def test_a_visitor_is_sent_to_sign_in():
    for method, url in addresses():
        assert getattr(Client(), method)(url).status_code == 302, url


def test_reading_never_writes(client):
    pages = addresses()
    before = list(BankLine.objects.values_list("id", "state"))
    for method, url in pages:
        if method == "get":
            client.get(url)
    for name in ("bank_accept", "bank_leave", "bank_undo"):
        assert client.get(reverse(f"rent_ledger:{name}", args=[before[0][0]])).status_code == 405
    assert list(BankLine.objects.values_list("id", "state")) == before


def counters(page) -> dict[str, str]:
    """What each counter of the page says."""
    text = plain(page)
    found = {}
    for name in ("n-sures", "n-proposees", "n-a-placer", "en-attente", "avancement", "sans-reserve"):
        end = {"avancement": "</div>", "sans-reserve": "</button>"}.get(name, "</span>")
        inside = re.search(rf'id="{name}"[^>]*>(.*?){end}', text, re.DOTALL)
        found[name] = " ".join(re.sub("<[^>]*>", "", inside[1]).split()) if inside else ""
    return found


@pytest.mark.parametrize("of_statement", [False, True])
def test_every_counter_of_the_page_moves_with_a_line(client, of_statement):
    inbox(sure=1, proposed=2, to_place=2)
    statement = BankStatement.objects.get()
    page = reverse("rent_ledger:bank_statement", args=[statement.pk]) if of_statement else BANK
    assert counters(client.get(page)) == {
        "n-sures": "1", "n-proposees": "2", "n-a-placer": "2", "en-attente": "150,00 € en attente d’un nom",
        "avancement": "1 sur 5 lignes", "sans-reserve": "Accepter 2 propositions sans réserve",
    }  # fmt: skip
    line = BankLine.objects.filter(state=LineState.PROPOSED).first()
    accept = reverse("rent_ledger:bank_accept", args=[line.pk])
    told = client.post(accept, {"retour": page}, headers={"HX-Request": "true"}, follow=True)
    after = {
        "n-sures": "2", "n-proposees": "1", "n-a-placer": "2", "en-attente": "150,00 € en attente d’un nom",
        "avancement": "2 sur 5 lignes", "sans-reserve": "Accepter 1 proposition sans réserve",
    }  # fmt: skip
    assert counters(told) == after
    assert counters(client.get(page)) == after
    menu = plain(told).partition('<nav id="menu"')[2].partition("</nav>")[0]
    assert re.search(rf'href="{BANK}".*?class="a-count[^>]*>\s*3\s*<', menu, re.DOTALL)
    leave = reverse("rent_ledger:bank_leave", args=[BankLine.objects.filter(state=LineState.TO_PLACE).first().pk])
    told = client.post(leave, {"retour": page}, headers={"HX-Request": "true"}, follow=True)
    assert counters(told)["n-a-placer"] == "1"
    assert counters(told)["en-attente"] == "75,00 € en attente d’un nom"
    assert counters(told)["avancement"] == "3 sur 5 lignes"


def test_months_of_statements_in_which_all_is_placed_are_folded(client):
    bank, opening = make_bank_account(), Decimal("1000.00")
    for month in (9, 10, 11):
        lease = make_let(name=f"Ménage {month}")
        owe(lease=lease, due_on=date(2026, month, 1), amount="10.00")
        sent = [
            movement(
                "10.00", label=lease.payment_reference, reference=lease.payment_reference, day=date(2026, month, 3)
            )
        ]
        if month == 10:
            sent.append(movement("5.00", label="INCONNU", day=date(2026, month, 3)))
        closing = {"closing_day": date(2026, month, 4), "opening_day": date(2026, month, 1)}
        drop(camt(written(bank, *sent, opening=str(opening), **closing)))
        opening += sum(Decimal(str(one.amount)) for one in sent)
    page = plain(client.get(reverse("rent_ledger:bank_statements")))
    folds = re.findall(r"(?s)<details(.*?)>.*?<h2[^>]*>\s*(\S+ 2026)\s*</h2>(.*?)</summary>", page)
    told = [(month, " open" in f" {' '.join(at.split())} ", "Rapproché" in head) for at, month, head in folds]
    # November is the newest; of October a line waits.
    assert told == [("Novembre 2026", True, True), ("Octobre 2026", True, False), ("Septembre 2026", False, True)]
