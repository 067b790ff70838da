"""A calendar as other programs read it: RFC 5545."""

from datetime import date, time

import pytest

from common.ical import Entry, written

DAY = date(2026, 11, 5)
URL = "https://ancrage.test/a-faire/12/"


def lines(*entries: Entry) -> list[str]:
    """The lines as they are sent, folded."""
    content = written(entries, name="Ancrage", made_on=DAY)
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")  # 3.1: lines end by CRLF
    return content.decode().split("\r\n")


def one(*, title: str = "Échéance", day: date = DAY, at: time | None = None) -> list[str]:
    return lines(Entry("jour-1@ancrage.test", title, day, URL, at))


def test_a_whole_day_keeps_nobody_busy() -> None:
    assert one() == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Ancrage//FR", "X-WR-CALNAME:Ancrage",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "BEGIN:VEVENT", "SUMMARY:Échéance", "DTSTART;VALUE=DATE:20261105", "DTSTAMP:20261105T000000Z",
        "UID:jour-1@ancrage.test", "CLASS:PRIVATE", "TRANSP:TRANSPARENT", f"URL:{URL}", "END:VEVENT",
        "END:VCALENDAR", "",
    ]  # fmt: skip


def test_without_entries_it_has_a_component_still() -> None:
    # 3.6: one at least
    found = lines()
    assert (found[5], found[-3:]) == ("BEGIN:VTIMEZONE", ["END:VTIMEZONE", "END:VCALENDAR", ""])


@pytest.mark.parametrize(
    ("day", "at", "start"),
    [
        pytest.param("2026-12-01", "09:30", "20261201T083000Z", id="winter: an hour ahead"),
        pytest.param("2026-07-01", "09:30", "20260701T073000Z", id="summer: two"),
        pytest.param("2027-01-01", "00:30", "20261231T233000Z", id="turn of the year"),
        pytest.param("2028-02-29", "14:00", "20280229T130000Z", id="leap day"),
        pytest.param("2026-10-25", "02:30", "20261025T003000Z", id="the hour that comes twice: the first"),
        pytest.param("2027-03-28", "02:30", "20270328T013000Z", id="the hour that does not come: half past three"),
    ],
)
def test_an_hour_is_that_of_paris(day: str, at: str, start: str) -> None:
    found = one(day=date.fromisoformat(day), at=time.fromisoformat(at))
    assert f"DTSTART:{start}" in found
    assert "TRANSP:OPAQUE" in found
    assert not [line for line in found if line.startswith(("DTEND", "DURATION"))]


def test_signs_of_its_own_are_escaped() -> None:
    # 3.3.11
    assert r"SUMMARY:a\, b\; c\\d\ne" in one(title="a, b; c\\d\ne")


def test_a_long_line_is_folded_at_75_octets_and_between_letters() -> None:
    # 3.1: an é is two octets
    content = written([Entry("x", "é" * 80, DAY, URL)], name="Ancrage", made_on=DAY)
    folded = content.split(b"\r\n")
    assert max(len(line) for line in folded) <= 75
    assert [line.decode() for line in folded]
    assert "SUMMARY:" + "é" * 80 in content.replace(b"\r\n ", b"").decode()


def test_the_same_days_are_the_same_bytes() -> None:
    entries = [Entry("a", "Audience", DAY, URL), Entry("b", "Rendez-vous", DAY, URL, time(9))]
    assert written(entries, name="Ancrage", made_on=DAY) == written(iter(entries), name="Ancrage", made_on=DAY)
