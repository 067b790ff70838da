"""The charts: where their marks stand, and the table that says the same."""

import re
from decimal import Decimal

from django.template import Context, Template

from common.charts import FOOT, TOP, MoneyMonth, RoadRow, TrendPoint, road, strip_columns, trend
from common.periods import Month

OCT, NOV, DEC = Month(2026, 10), Month(2026, 11), Month(2026, 12)


def euro(text: str) -> Decimal:
    return Decimal(text)


def written(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_the_highest_bar_fills_the_height_and_the_others_are_measured_by_it() -> None:
    one, other = strip_columns([MoneyMonth(OCT, euro("200"), euro("50")), MoneyMonth(NOV, euro("100"), euro("100"))])
    assert one.asked
    assert one.received
    assert other.asked
    assert (one.asked.top, one.asked.height) == (f"{TOP}.0", f"{FOOT - TOP}.0")
    assert (one.received.height, other.asked.height) == ("18.0", "36.0")
    assert (one.of.is_short, other.of.is_short) == (True, False)


def test_a_payment_of_many_terms_is_cut_so_that_the_others_can_be_read() -> None:
    one, other = strip_columns([MoneyMonth(OCT, euro("100"), euro("5000")), MoneyMonth(NOV, euro("100"))])
    assert one.received
    assert other.asked
    assert one.received.is_cut
    assert one.received.height == f"{FOOT - TOP}.0"
    assert other.asked.height == "28.8"


def test_money_where_nothing_was_asked_is_drawn_whole() -> None:
    [only] = strip_columns([MoneyMonth(OCT, received=euro("40"))])
    assert only.received
    assert not only.received.is_cut
    assert only.asked is None


def test_an_empty_month_and_one_below_zero_have_no_bar() -> None:
    column = strip_columns([MoneyMonth(OCT), MoneyMonth(NOV, asked=euro("-12"))])[1]
    assert (column.asked, column.received, column.aid) == (None, None, None)


def test_twelve_months_at_most_the_last_ones() -> None:
    columns = strip_columns([MoneyMonth(OCT.plus(n)) for n in range(14)])
    assert (len(columns), columns[0].of.month) == (12, DEC)


def test_the_strip_has_its_table_and_names_only_what_is_in_it() -> None:
    months = [MoneyMonth(OCT, euro("213"), euro("100"), rejected=euro("100")), MoneyMonth(NOV, euro("213"))]
    html = written("{% strip months %}", months=months)
    assert "Rejets" in html
    assert "Aide, à part" not in html
    assert "Plan" not in html
    cells = re.findall(r'<td class="a-num">(.*?)</td>', html)
    assert [cell.replace("\u00a0", " ") for cell in cells] == [
        "213,00 €", "100,00 €", "100,00 €", "213,00 €", "0,00 €", "0,00 €",
    ]  # fmt: skip
    assert "style=" not in html
    assert written("{% strip months %}", months=[]).strip() == ""


def test_a_line_breaks_where_nothing_is_known_and_names_its_scale() -> None:
    shares = (euro("91"), None, euro("84.2"), euro("100"))
    line = trend([TrendPoint(OCT.plus(n), share) for n, share in enumerate(shares)])
    assert (line.low, line.high) == (70, 100)
    assert [(one.of.month, other.of.month) for one, other in line.stretches] == [(DEC, DEC.plus(1))]
    assert line.dots[3].y == f"{TOP}.0"
    assert line.last is not None
    assert line.last.share == 100
    html = written('{% trend points id="l" caption="Payé à 30 j" head="Payé" %}', points=[TrendPoint(OCT, euro("91"))])
    assert "91,0\u00a0%" in html
    assert "80\u00a0%" in html.replace("&nbsp;", "\u00a0")


def test_a_line_of_nothing_stands() -> None:
    line = trend([TrendPoint(OCT, None)])
    assert line.last is None
    assert line.stretches == []


def test_a_road_goes_from_the_first_known_level_to_the_last() -> None:
    rows = [RoadRow("Budget", [2, None, 4]), RoadRow("Emploi", [None, 3, None]), RoadRow("Logement", [None] * 3)]
    assert [(mark.start, mark.now, mark.y) for mark in road(rows)] == [("55", "81", 30), ("", "68", 60), ("", "", 90)]
    assert [row.moved for row in rows] == [2, 0, 0]
    levels = ("un", "deux", "trois", "quatre", "cinq")
    shown = written(
        '{% load charts %}{% road rows moments levels id="g" caption="Le chemin" %}',
        rows=rows, moments=["en mai", "en juin", "en juillet"], levels=levels,
    )  # fmt: skip
    assert re.findall(r"<td>([^<]*)</td>", shown)[:3] == ["deux", "–", "quatre"]
    assert (shown.count("s-hollow"), shown.count("s-dot")) == (1, 2)
