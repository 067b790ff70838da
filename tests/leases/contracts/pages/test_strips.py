"""The drawing of a dwelling's occupation."""

from datetime import date

from leases.contracts.strips import LEFT, WIDTH, Row, Stay, draw

TODAY = date(2026, 11, 5)
HELD = Stay(date(2020, 1, 1), None, "Mise à disposition", "agreement")


def stay(lower: date, upper: date | None = None, name: str = "Mme Sarr") -> Stay:
    return Stay(lower, upper, name, "household")


def strip(*stays: Stay, held: tuple[Stay, ...] = (HELD,), others: tuple[Stay, ...] = ()):
    return draw(agreements=held, units=[Row("Ménage", tuple(stays), others)], today=TODAY)


def gaps(drawn) -> list[int]:
    return [bar.days for bar in drawn.rows[-1][2] if bar.kind == "gap"]


def test_nothing_to_draw():
    assert draw(agreements=(), units=[Row("Ménage", ())], today=TODAY) is None


def test_vacancies_lie_between_stays_and_up_to_today():
    drawn = strip(stay(date(2020, 2, 1), date(2021, 1, 1)), stay(date(2021, 2, 1), date(2026, 11, 1)))
    assert gaps(drawn) == [31, 31, 4]
    assert drawn.vacant_days == 66


def test_nothing_is_said_of_the_days_before_stays_are_known():
    """A dwelling held since 2020 in a house that began to write in 2026."""
    began = date(2026, 1, 1)
    units = [Row("Ménage", (stay(date(2026, 3, 1)),))]
    drawn = draw(agreements=(HELD,), units=units, today=TODAY, known_since=began)
    assert gaps(drawn) == [59]
    taken_over = [Row("Ménage", (stay(date(2024, 1, 1), date(2026, 11, 1)),))]
    assert gaps(draw(agreements=(HELD,), units=taken_over, today=TODAY, known_since=began)) == [4]
    empty = draw(agreements=(HELD,), units=[Row("Ménage", ())], today=TODAY, known_since=date(2026, 11, 1))
    assert (gaps(empty), empty.vacant_days) == ([4], 4)


def test_a_running_stay_leaves_no_vacancy_and_stops_at_today():
    drawn = strip(stay(date(2020, 1, 1)))
    assert gaps(drawn) == []
    (bar,) = drawn.rows[-1][2]
    assert (bar.kind, bar.x, bar.x + bar.width) == ("current", LEFT, drawn.today_x)


def test_no_vacancy_is_counted_while_no_agreement_gave_the_dwelling():
    held = Stay(date(2026, 11, 1), None, "Bail principal", "agreement")
    assert gaps(strip(stay(date(2024, 1, 1), date(2024, 6, 1)), held=(held,))) == [4]


def test_a_stay_elsewhere_in_the_dwelling_keeps_the_unit_from_being_vacant():
    assert gaps(strip(others=(stay(date(2020, 1, 1)),))) == []


def test_every_bar_lies_within_the_drawing_and_text_only_where_it_fits():
    drawn = strip(
        stay(date(2020, 1, 1), date(2020, 1, 3), "Mme Un Nom Très Long"), stay(date(2020, 2, 1), None, "Mme Sarr")
    )
    for _, _, bars in drawn.rows:
        for bar in bars:
            assert LEFT <= bar.x < bar.x + bar.width <= LEFT + WIDTH + 3
    short, long = (bar for bar in drawn.rows[-1][2] if bar.kind != "gap")
    assert (short.text, long.text) == ("", "Mme Sarr")
