"""Draws of the demo: each by its key, whatever else is drawn."""

from datetime import date

from demo.draws import Draws

HERE = [f"{number} 2026-01-05" for number in range(200)]


def test_a_seed_and_a_key_always_draw_the_same():
    assert Draws(1).of("departure", date(2026, 3, 15)).random() == Draws(1).of("departure", "2026-03-15").random()
    assert Draws(1).chance("call", "3 2026-01-05") == Draws(1).chance("call", "3 2026-01-05")
    assert Draws(1).uuid("call", 3) == Draws(1).uuid("call", 3)


def test_another_seed_or_another_key_draws_something_else():
    keys = [(1, "call", 3), (2, "call", 3), (1, "call", 4), (1, "visit", 3)]
    assert len({Draws(seed).of(*about).random() for seed, *about in keys}) == 4
    assert len({Draws(seed).chance(*about) for seed, *about in keys}) == 4
    assert len({Draws(seed).uuid(*about) for seed, *about in keys}) == 4


def test_a_stream_begins_anew_whatever_was_drawn_before():
    draws = Draws(7)
    first = draws.of("payment", "3 2026-01-05").random()
    draws.of("payment", "4 2026-01-05").random()
    draws.chance("payment", "3 2026-01-05")
    assert draws.of("payment", "3 2026-01-05").random() == first


def test_chances_lie_between_nought_and_one_and_are_spread():
    chances = [Draws(1).chance("call", number) for number in range(10_000)]
    assert 0 <= min(chances) < 0.001
    assert 0.999 < max(chances) < 1
    assert abs(sum(chances) / len(chances) - 0.5) < 0.01


def test_one_more_changes_one_of_those_chosen_at_most():
    draws = Draws(1)
    chosen = draws.some(HERE, 9, str, "departure", date(2026, 3, 15))
    assert len(set(chosen)) == 9
    assert draws.some(reversed(HERE), 9, str, "departure", date(2026, 3, 15)) == chosen
    for gone in HERE:
        others = draws.some([one for one in HERE if one != gone], 9, str, "departure", date(2026, 3, 15))
        assert len(set(chosen) - set(others)) == (gone in chosen)


def test_all_are_chosen_where_there_are_fewer():
    assert sorted(Draws(1).some(["a", "b"], 9, str, "late money")) == ["a", "b"]
