"""The template library: what each tag writes."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader_tags import BlockNode
from django.templatetags.static import static
from django.test import RequestFactory

from common import clock
from common.codes import Code
from common.columns import Column
from common.forms import AmountField, DayField, HourField
from common.looks import MEANINGS
from common.quick import HOURS, Quick, chips_of, end_of_month, today, yesterday
from common.reasons import Reason
from common.typography import short_day

N = "\u00a0"


def render(source: str, query: str = "", **context: Any) -> str:
    return Template(source).render(Context({"request": RequestFactory().get("/liste/" + query), **context}))


def squeezed(source: str, **context: Any) -> str:
    """What `source` writes, without the white space between tags."""
    return re.sub(r" (?=[<>])|(?<=>) ", "", re.sub(r"[ \n]+", " ", render(source, **context)))


def test_a_label_in_a_sentence_keeps_its_acronyms() -> None:
    assert [render("{{ x|minuscule }}", x=label) for label in ("Déclarer à la CAF", "SMS", "Espèces")] == [
        "déclarer à la CAF", "SMS", "espèces",
    ]  # fmt: skip


def test_filters_are_builtins() -> None:
    shown = render('{{ a|euros }} {{ d|jour }} {{ n|pluriel:"bail,baux" }}', a=Decimal("12"), d=date(2026, 11, 1), n=2)
    assert shown == f"12,00{N}€ 1<sup>er</sup>{N}nov. 2{N}baux"


def test_filters_say_nothing_for_nothing() -> None:
    assert (
        render("{{ x|euros }}{{ x|jour }}{{ x|jour_long }}{{ x|mois }}{{ x|nombre }}{{ x|heure }}", x=None) == "–" * 6
    )


def test_pluriel_counts_lists() -> None:
    assert render('{{ x|pluriel:"dossier" }} {{ x|accord:"choisi,choisis" }}', x=[1, 2, 3]) == f"3{N}dossiers choisis"


def test_typo_escapes_what_people_type() -> None:
    assert render("{{ t|typo }}", t="<b>l'eau</b> & 1er ?") == "&lt;b&gt;l’eau&lt;/b&gt; &amp; 1<sup>er</sup>\u202f?"


def test_typo_keeps_the_tags_of_safe_text() -> None:
    assert render("{{ t|safe|typo }}", t='<a href="?a=1&amp;b">l\'eau</a> &amp; feu !') == (
        '<a href="?a=1&amp;b">l’eau</a> &amp; feu\u202f!'
    )


def test_references_are_no_ordinals() -> None:
    assert render("{{ t|typo }}", t="COR-14-2e, 2e étage") == "COR-14-2e, 2<sup>e</sup> étage"


def test_an_icon_is_decoration_unless_named() -> None:
    assert 'aria-hidden="true"' in render('{% icon "cash" %}')
    named = render('{% icon "lock" label="Réservé" %}')
    assert 'role="img" aria-label="Réservé"' in named
    assert "aria-hidden" not in named
    assert f"{static('vendor/icons.svg')}#i-lock" in named


@pytest.mark.parametrize("meaning", MEANINGS)
def test_a_meaning_brings_its_icon_and_its_hue(meaning: str) -> None:
    hue, icon = MEANINGS[meaning]
    shown = render("{% badge 'Mot' m %}", m=meaning)
    assert f"a-badge is-{hue}" in shown
    assert f"#i-{icon}" in shown
    assert "<span>Mot</span>" in shown


def test_a_hue_takes_any_icon() -> None:
    shown = render('{% state "7 j restants" "danger" icon="clock" %}{% badge "Social" "social" icon="eye" %}')
    assert "a-state is-danger" in shown
    assert "#i-clock" in shown
    assert "a-badge is-social" in shown
    assert "#i-eye" in shown


def test_an_unknown_meaning_is_an_error() -> None:
    with pytest.raises(ValueError, match="neither a meaning"):
        render('{% badge "x" "rouge" %}')


def test_badges_escape() -> None:
    assert "&lt;i&gt;" in render("{% badge t 'done' %}", t="<i>")


def test_the_avatar_is_hidden_from_readers() -> None:
    assert render('{% avatar "Camille Rousseau" "social" small=True %}') == (
        '<span class="avatar avatar-s is-social" aria-hidden="true">CR</span>'
    )


# ---------- why ----------


class Why(Code):
    OWED = "OWED", "Dû par le ménage"
    TERM = "TERM", "Terme {month:of_month}"
    RENT = "RENT", "Loyer"
    AID = "AID", "Aide <attendue> du {on:day}"
    ENTRY = "ENTRY", "écriture {number:number}"
    OLDEST = "OLDEST", "Le plus ancien d'abord, après {days:jour}"
    LINE = "LINE", "Ligne {number}"
    TOTAL = "TOTAL", "Total"
    TO_SOCIAL = "TO_SOCIAL", "Alerter le social : {amount:euros} dus depuis le {on:day}"


TREE = Reason(
    Why.OWED,
    amount=Decimal("306.00"),
    rule=Reason(Why.OLDEST, {"days": 5}),
    parts=(
        Reason(
            Why.TERM,
            {"month": date(2026, 10, 1)},
            Decimal("93.00"),
            parts=(
                Reason(Why.RENT, amount=Decimal("499.00"), detail=Reason(Why.ENTRY, {"number": 24871}), url="/e/1/"),
                Reason(Why.AID, {"on": date(2024, 10, 1)}, Decimal("-406.00"), on=date(2024, 10, 12)),
            ),
        ),
        Reason(Why.TERM, {"month": date(2026, 11, 1)}, Decimal("213.00")),
    ),
)


def test_the_tree_shows_parts_total_and_proof() -> None:
    shown = squeezed("{% reason_tree e %}", e=TREE)
    assert '<a class="a-sub" href="/e/1/">' in shown
    assert f"<strong>Terme d’octobre{N}2026</strong><strong>93,00{N}€</strong>" in shown
    assert f"Aide &lt;attendue&gt; du 1<sup>er</sup>{N}oct.{N}2024" in shown
    assert f"écriture 24{N}871" in shown
    assert f"\u2212406,00{N}€" in shown
    assert shown.index("Terme de novembre") < shown.index("a-sum") < shown.index(f"306,00{N}€")


def test_a_long_level_is_folded() -> None:
    parts = tuple(Reason(Why.LINE, {"number": i}, Decimal(i)) for i in range(1, 13))
    shown = render("{% reason_tree e %}", e=Reason(Why.TOTAL, {}, Decimal(78), parts))
    before, after = shown.split("<details>")
    assert before.count("a-leaf") == 7
    assert f"5{N}autres lignes" in after
    assert "Ligne 12" in after


def test_one_line_too_many_is_not_folded() -> None:
    parts = tuple(Reason(Why.LINE, {"number": i}) for i in range(8))
    assert "<details>" not in render("{% reason_tree e %}", e=Reason(Why.TOTAL, parts=parts))


def test_why_with_its_reason_on_the_page() -> None:
    shown = render('{% why a reason=e id="w-1" about="du solde" %}', a=Decimal("306"), e=TREE)
    assert 'popovertarget="w-1"' in shown
    assert 'id="w-1" popover' in shown
    assert f'aria-label="306,00{N}€{N}: voir le calcul du solde"' in shown
    assert f"D’où viennent les 306,00{N}€\u202f?" in shown
    assert f"Le plus ancien d’abord, après 5{N}jours</span></footer>" in shown
    assert "hx-get" not in shown


def test_why_loads_its_reason_at_the_first_click() -> None:
    shown = render("{% why a url=u %}", a=Decimal("306"), u="/pourquoi/?a=1&b=2")
    target = re.search(r'hx-target="#([^"]+)"', shown)
    assert target
    assert f'id="{target[1]}"' in shown
    assert 'hx-get="/pourquoi/?a=1&amp;b=2" hx-trigger="click once"' in shown


def test_two_whys_of_one_address_have_two_popovers() -> None:
    shown = render('{% why a url="/p/" %}{% why a url="/p/" %}', a=Decimal("306"))
    ids = re.findall(r'id="(w-[^"-]+)"', shown)
    assert len(set(ids)) == 2


def test_a_figure_without_reason_is_plain() -> None:
    assert render("{% why a %}", a=Decimal("12")) == f"12,00{N}€"


def test_why_of_a_sentence() -> None:
    shown = render('{% why "Alerter le social" reason=e %}', e=TREE)
    assert "Pourquoi\u202f?" in shown
    assert ">Alerter le social</button>" in shown


def test_why_of_the_first_of_a_month_is_named_as_it_is_read() -> None:
    shown = render('{% why "" reason=e text=d|jour %}', e=TREE, d=date(2026, 12, 1))
    assert f'aria-label="1er{N}déc.{N}: voir le calcul"' in shown
    assert "<sup>er</sup>" in shown


def test_why_of_a_reason_writes_its_amount_or_its_sentence() -> None:
    assert f">306,00{N}€</button>" in render("{% why e %}", e=TREE)
    to_social = Reason(Why.TO_SOCIAL, {"amount": Decimal("12"), "on": date(2024, 11, 5)})
    assert f">Alerter le social : 12,00{N}€ dus depuis le 5{N}nov.{N}2024</button>" in render(
        "{% why e %}", e=to_social
    )


def test_the_sentence_of_a_reason() -> None:
    reason = Reason(Why.TO_SOCIAL, {"amount": Decimal("12"), "on": clock.today()})
    day = short_day(clock.today(), year=False)
    assert render("{{ r|raison }}", r=reason) == f"Alerter le social{N}: 12,00{N}€ dus depuis le {day}".replace(
        "1er", "1<sup>er</sup>"
    )
    assert str(clock.today().year) in render("{{ r|raison:'an' }}", r=reason)
    assert render("{{ r|raison }}", r=None) == ""


# ---------- page and tables ----------


def test_crumbs() -> None:
    shown = render('{% crumbs "Ménages" "/menages/" name %}', name="Mme <Sarr>")
    assert '<a href="/menages/">Ménages</a>' in shown
    assert 'aria-current="page">Mme &lt;Sarr&gt;</li>' in shown


@pytest.mark.parametrize(
    ("query", "address", "order"),
    [
        ("", "?tri=-debt", None),
        ("?tri=-debt", "?tri=debt", "descending"),
        ("?tri=debt", "?tri=-debt", "ascending"),
        ("?tri=name&p=3&cadre=a", "?tri=-debt&amp;cadre=a", None),
    ],
)
def test_sort_head(query: str, address: str, order: str | None) -> None:
    shown = render('{% sort_head "Solde" "debt" num=True first="desc" %}', query)
    assert f'href="{address}"' in shown
    assert ('aria-sort="' in shown) == bool(order)
    if order:
        assert f'aria-sort="{order}"' in shown


def test_declared_columns() -> None:
    columns = [Column("Ménage", "name"), Column("Solde", "debt", num=True, first="desc"), Column("Référent")]
    shown = squeezed('{% include "common/includes/table_head.html" %}', columns=columns)
    assert shown.count('<th scope="col"') == 3
    assert "?tri=name" in shown
    assert '<th scope="col">Référent</th>' in shown


def test_pagination_keeps_the_filters() -> None:
    page = Paginator(range(200), 20).page(3)
    shown = render('{% include "common/includes/pagination.html" with page=page %}', "?cadre=a&p=3", page=page)
    assert '<a href="?cadre=a&amp;p=4">' in shown
    assert '<a href="?cadre=a&amp;p=3" aria-current="page">' in shown
    assert "…" in shown


def test_one_page_has_no_pagination() -> None:
    page = Paginator(range(5), 20).page(1)
    assert render('{% include "common/includes/pagination.html" with page=page %}', page=page).strip() == ""


# ---------- forms ----------


class Form(forms.Form):
    amount = AmountField(label="Montant reçu")
    day = DayField(label="Date du paiement", help_text="Le jour où l'argent est arrivé.")
    means = forms.ChoiceField(label="Moyen", choices=[("cash", "Espèces"), ("card", "Carte")], widget=forms.RadioSelect)
    note = forms.CharField(label="Précision", required=False)
    receipt = forms.BooleanField(label="Remettre un reçu", required=False)
    token = forms.CharField(widget=forms.HiddenInput)


WRONG = {"amount": "12O", "day": "31/11/2026", "token": ""}


def test_a_field_links_its_hint_and_its_error() -> None:
    shown = render("{% field form.day %}", form=Form(WRONG))
    assert '<label class="form-label" for="id_day">Date du paiement</label>' in shown
    assert 'aria-describedby="id_day_helptext id_day_error"' in shown
    assert 'id="id_day_helptext">Le jour où l’argent est arrivé.</div>' in shown
    assert 'id="id_day_error"' in shown
    assert "le 1<sup>er</sup> et le 30" in shown
    assert 'aria-invalid="true"' in shown
    assert 'placeholder="JJ/MM/AAAA"' in shown
    assert shown.count("is-invalid") == 1


def test_a_field_without_error_describes_nothing() -> None:
    shown = render("{% field form.amount %}", form=Form())
    assert "aria-describedby" not in shown
    assert "is-invalid" not in shown
    assert 'inputmode="decimal"' in shown


def test_optional_is_what_is_marked() -> None:
    assert "facultatif" in render("{% field form.note %}", form=Form())
    assert "facultatif" not in render("{% field form.amount %}", form=Form())
    assert "facultatif" not in render("{% field form.receipt %}", form=Form())


def test_choices_are_boxes() -> None:
    shown = squeezed("{% field form.means %}", form=Form({"means": "card"}))
    assert "<legend>Moyen" in shown
    assert shown.count('class="a-choice"') == 2
    assert re.search(r'value="card" id="id_means_1" checked', shown)
    assert not re.search(r'value="cash" id="id_means_0" checked', shown)


class _Quick(forms.Form):
    paid_on = DayField(label="Reçu le", quick=(today, yesterday, end_of_month))
    amount = AmountField(label="Montant", quick=(Quick("Tout : 225,52 €", Decimal("225.52")),))
    at = HourField(label="À", quick=HOURS)
    civility = forms.ChoiceField(choices=[("F", "Mme"), ("M", "M.")], widget=forms.RadioSelect)
    level = forms.ChoiceField(
        choices=[("P", "Privée"), ("S", "Partagée : équipe sociale, la gestion la lira aussi")],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(error_messages={"required": "Choisissez le bordereau."})


def test_chips_write_what_would_be_typed() -> None:
    with clock.travel(date(2026, 11, 6)):
        form = _Quick()
        days = squeezed("{% field form.paid_on %}", form=form)
        others = squeezed("{% field form.amount %}{% field form.at %}", form=form)
    put = 'data-put="{}" data-into="id_{}"'
    for value in ("06/11/2026", "05/11/2026", "30/11/2026"):
        assert put.format(value, "paid_on") in days
        assert _Quick({"paid_on": value}).fields["paid_on"].clean(value)
    # In one element: the words of a flex box stand apart, « 1 er du mois prochain ».
    assert re.search(r"<button[^>]*><span>[^<]*(?:<sup>[^<]*</sup>[^<]*)?</span></button>", days)
    assert 'data-calendar="id_paid_on"' in days
    assert put.format("225,52", "amount") in others
    assert put.format("14:00", "at") in others
    assert "data-calendar" not in others


def test_two_chips_of_one_day_are_one() -> None:
    last = date(2026, 11, 30)
    assert [chip.label for chip in chips_of((today, end_of_month), last)] == ["aujourd’hui"]


def test_few_words_stand_side_by_side() -> None:
    assert 'class="a-choices is-beside"' in squeezed("{% field form.civility %}", form=_Quick())
    assert 'class="a-choices"' in squeezed("{% field form.level %}", form=_Quick())


def test_a_field_brings_the_words_of_its_form() -> None:
    """A browser that finds it empty says them, before anything leaves."""
    assert 'data-missing="Choisissez le bordereau."' in render("{% field form.file %}", form=_Quick())
    assert "data-missing" not in render("{% field form.amount %}", form=_Quick())


def test_fields_shows_what_remains() -> None:
    shown = render("{% field form.amount %}|{% fields form %}", form=Form())
    rest = shown.split("|")[1]
    assert 'name="amount"' not in rest
    for name in ("day", "means", "note", "receipt", "token"):
        assert f'name="{name}"' in rest


def test_the_summary_links_to_each_field() -> None:
    shown = render("{% form_errors form %}", form=Form(WRONG))
    assert 'role="alert"' in shown
    assert "Trois champs à corriger" in shown
    assert '<a class="a-link" href="#id_amount">montant reçu</a>' in shown
    assert '<a class="a-link" href="#id_means_0">moyen</a>' in shown
    assert "#id_token" not in shown


def test_no_summary_without_error() -> None:
    assert render("{% form_errors form %}", form=Form()).strip() == ""


def test_a_question_that_is_to_correct_ends_the_line_once() -> None:
    class Asking(forms.Form):
        because = forms.CharField(label="Pourquoi est-ce juste ?")

    shown = render("{% form_errors form %}", form=Asking({}))
    assert "pourquoi est-ce juste</a>." in shown


def test_general_errors_are_in_the_summary() -> None:
    form = Form({"amount": "1", "day": "5/11/2026", "means": "cash", "token": "x"})
    assert form.is_valid()
    form.add_error(None, "Ce paiement est déjà là.")
    shown = render("{% form_errors form %}", form=form)
    assert "Ce paiement est déjà là." in shown
    assert "corriger" not in shown


def test_once_is_new_each_time() -> None:
    first, second = re.findall(r'name="request_key" value="([0-9a-f-]{36})"', render("{% once %}{% once %}"))
    assert first != second


# ---------- includes ----------


def test_confirm_keeps_the_focus_on_the_safe_button() -> None:
    shown = render(
        '{% confirm id="a" question="Annuler 314 avis ?" action="/x/" verb="Annuler" keep="Garder" %}'
        "<p>Fait</p>{% endconfirm %}",
        csrf_token="jeton",
    )
    assert '<dialog class="a-dialog" id="a" role="alertdialog"' in shown
    assert "Annuler 314 avis\u202f?" in shown
    assert "<p>Fait</p>" in shown
    assert 'value="jeton"' in shown
    assert re.search(r"<button[^>]*data-close autofocus>Garder</button>", shown)


@pytest.mark.parametrize(
    ("state", "polls", "says"),
    [({}, True, "quitter cette page"), ({"finished": True}, False, "terminé"), ({"failed": "Arrêt"}, False, "Arrêt")],
)
def test_a_job_is_asked_until_it_ends(state: dict[str, Any], polls: bool, says: str) -> None:
    base = {"id": "job-1", "title": "Avis", "done": 208, "total": 1314, "url": "/travaux/1/"}
    shown = squeezed('{% include "common/includes/job_progress.html" %}', **base, **state)
    assert ('hx-trigger="every 2s"' in shown) == polls
    assert says in shown
    assert f"208 sur 1{N}314" in shown
    assert 'max="1314" value="208"' in shown


def test_the_timeline_veils() -> None:
    item = {
        "trade": "social",
        "title": "Visite",
        "text": "Secret",
        "day": date(2026, 10, 14),
        "veiled": True,
        "url": "",
    }
    shown = render('{% include "common/includes/timeline_item.html" %}', item=item)
    assert "Contenu réservé au service social" in shown
    assert "Secret" not in shown
    assert f"14{N}oct. · Social" in shown


def test_an_empty_state_has_one_action() -> None:
    shown = render(
        '{% nothing "Tout est décidé" icon="circle-check" tone="ok" url="/x/" action="Relire" %}Rien de {{ x }}.'
        "{% endnothing %}",
        x="<neuf>",
    )
    assert "a-empty is-ok" in shown
    assert "<p>Rien de &lt;neuf&gt;.</p>" in shown
    assert shown.count("<a ") == 1


def test_a_card_is_named_by_its_title() -> None:
    assert squeezed('{% card t id="t-x" body=True %}{{ t }}{% endcard %}', t="A & B") == (
        '<section class="card" aria-labelledby="t-x"><div class="card-header">'
        '<h2 class="card-title" id="t-x">A &amp; B</h2></div><div class="card-body">A &amp; B</div></section>'
    )


def test_a_card_has_a_head_beside_its_title() -> None:
    shown = squeezed(
        '{% card id="t-x" sub=n|pluriel:"avis,avis" aside="à part" trade="social" wrap=True %}'
        "{% title %}Le {{ d|jour }}{% endtitle %}{% head %}<b>{{ n }}</b>{% endhead %}<ul></ul>{% endcard %}",
        n=3,
        d=date(2026, 11, 1),
    )
    head = re.search(r'<div class="card-header a-wrap">(.*?)</div><ul></ul></section>', shown)
    assert head, shown
    assert 'class="a-dot is-social"' in head[1].split("<h2", 1)[0]
    assert head[1].split("<h2", 1)[1] == (
        f' class="card-title" id="t-x">Le 1<sup>er</sup>{N}nov.</h2><span class="a-sub">3{N}avis</span><b>3</b>'
        '<span class="a-sub a-push">à part</span>'
    )
    assert "card-body" not in shown


def test_a_card_without_title_has_a_label() -> None:
    shown = squeezed('{% card label="Résumé" css="mb-3" anchor="haut" body="a-stacked" %}x{% endcard %}')
    assert shown == (
        '<section class="card mb-3" id="haut" aria-label="Résumé"><div class="card-body a-stacked">x</div></section>'
    )


def test_a_card_that_posts_has_its_token() -> None:
    shown = squeezed('{% card "Envoyer" id="t" kind="form" action="/x/" %}x{% endcard %}', csrf_token="jeton")
    assert shown.startswith('<form class="card" method="post" action="/x/" aria-labelledby="t"><input type="hidden"')
    assert 'value="jeton"' in shown


@pytest.mark.parametrize(
    ("opened", "start"), [(True, '<details class="card" open '), (None, '<details class="card" aria')]
)
def test_a_folded_card_opens_by_its_title(opened: bool | None, start: str) -> None:
    shown = squeezed('{% card "Fin" id="t" kind="details" opened=opened %}x{% endcard %}', opened=opened)
    assert shown.startswith(start)
    assert '<summary class="card-header"><h2' in shown
    assert shown.count("</summary>x</details>") == 1


def test_cards_of_a_loop_have_ids_of_their_own() -> None:
    source = '{% for n in "ab" %}{% card n id="g" nth=forloop.counter %}{% endcard %}{% endfor %}'
    assert re.findall(r'id="([^"]*)"', squeezed(source)) == ["g-1", "g-2"]


def test_a_page_fills_the_blocks_inside_a_card() -> None:
    """As those of `common/list.html`."""
    source = (
        "{% card id='t' %}{% title %}{% block a %}{% endblock %}{% endtitle %}{% head %}{% block b %}{% endblock %}"
    )
    nodes = Template(source + "{% endhead %}{% block c %}{% endblock %}{% endcard %}").nodelist
    assert [node.name for node in nodes.get_nodes_by_type(BlockNode)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ('{% card "Titre" %}{% endcard %}', "has its id"),
        ('{% card kind="article" %}{% endcard %}', "article"),
        ('{% card "Titre" id="t" icone="x" %}{% endcard %}', "icone"),
        ('{% card "Titre" id="t" "x" %}{% endcard %}', "x"),
        ('{% card id="t" %}x{% title %}T{% endtitle %}{% endcard %}', "before the content"),
        ('{% card id="t" %}{% title %}T{% endtitle %}{% title %}U{% endtitle %}{% endcard %}', "once"),
    ],
)
def test_a_card_says_what_is_wrong(source: str, says: str) -> None:
    with pytest.raises((ValueError, TemplateSyntaxError), match=says):
        render(source)
