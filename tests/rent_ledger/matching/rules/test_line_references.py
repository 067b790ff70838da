"""References in what a payer writes. What they mean is tested with the matching."""

import pytest

from rent_ledger.matching.rules.line_references import creditor_references, demand_references


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x AVIS-2611-0307, avis 2610 0012", {"AVIS-2611-0307", "AVIS-2610-0012"}),
        ("AVIS26110307/NOV", {"AVIS-2611-0307"}),
        ("AVIS-2611-030700", {"AVIS-2611-030700"}),
        # A longer number, or a word before, is something else.
        ("AVIS-2611-0307000", set()),
        ("AVIS-2611-030", set()),
        ("PREAVIS-2611-0307", set()),
        ("LOYER NOVEMBRE", set()),
    ],
)
def test_of_an_avis(text: str, found: set[str]) -> None:
    assert demand_references(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pour RF76B00042 MERCI", {"RF76B00042"}),
        ("rf76b00042", {"RF76B00042"}),
        # In groups of four, each length may be the whole: the last group may be shorter, and ends it.
        ("RF18 5390 07 MERCI", {"RF185390", "RF18539007"}),
        ("RF18 5390 07 5555", {"RF185390", "RF18539007"}),
        ("RF18 539 0754", {"RF18539"}),
        ("RF18 5390 0754 7034", {"RF185390", "RF1853900754", "RF18539007547034"}),
        # Six groups at most: 25 positions.
        (
            "RF18 1111 2222 3333 4444 5555 6 77",
            {
                "RF181111",
                "RF1811112222",
                "RF18111122223333",
                "RF181111222233334444",
                "RF1811112222333344445555",
                "RF18111122223333444455556",
            },
        ),
        (
            "RF18 1111 2222 3333 4444 5555 66",
            {
                "RF181111",
                "RF1811112222",
                "RF18111122223333",
                "RF181111222233334444",
                "RF1811112222333344445555",
            },
        ),
        # A first piece of more than four is whole.
        ("RF185390 0754", {"RF185390"}),
        # A group of more than four is no group.
        ("RF18 53900 0754", set()),
        # Check digits alone are none, five positions are the least, 25 the most.
        ("RF18", set()),
        ("RF181", {"RF181"}),
        ("RF18" + "A" * 21, {"RF18" + "A" * 21}),
        ("RF18" + "A" * 22, set()),
        # In the middle of a word it is none.
        ("XRF76B00042", set()),
        ("9RF76B00042", set()),
        ("/RF76B00042", {"RF76B00042"}),
        ("XRF76B00042 RF76B00042", {"RF76B00042"}),
        ("PRFA", set()),
        ("", set()),
    ],
)
def test_of_a_creditor(text: str, found: set[str]) -> None:
    assert creditor_references(text) == found
