"""The facts told behind a lane (features.md 41): one line each, where its fact is known."""

from dataclasses import replace
from datetime import date

import pytest

from rent_ledger.arrears.rules.case_facts import Habit
from rent_ledger.arrears.rules.lane_trace import trace
from rent_ledger.arrears.rules.lanes import lane_and_action
from tests.rent_ledger.arrears.rules.test_lanes import LATE, PARAMS, PLAN, R1, R2, TODAY, TWO, D, plain, term


def test_the_trace_tells_the_terms_the_rule_and_the_aid():
    trace = [plain(line) for line in lane_and_action(replace(TWO, default=R2, aid_pending=D("572.00")), PARAMS).trace]
    assert trace == [
        "Terme d’octobre 2026 : 213,00 € dus le 1er oct., 120,00 € payés ou remis, reste 93,00 €",
        "Terme de novembre 2026 : 213,00 € dus le 1er nov., rien reçu",
        "Deuxième impayé : deux termes touchés depuis 5 jours, plus d’un terme net en tout",
        "Aide attendue : 572,00 € à part, jamais réclamés",
        "En tout 1,4 × le terme net de 213,00 €",
    ]


# (what, facts, lines of the trace that are about it)
TRACES = [
    ("nothing but the term", LATE, []),
    ("the last payment", replace(LATE, last_payment_on=date(2026, 10, 3), last_payment=D("0.50")),
     ["Dernier paiement : 0,50 € le 3 oct."]),
    ("a payment without its day", replace(LATE, last_payment=D("0.50")), []),
    ("the habit", replace(TWO, habit=Habit(6, 9, 12)), ["Paie d’habitude vers le 6, 9 mois sur 12"]),
    ("the habit of who pays no more",
     replace(TWO, habit=Habit(6, 4, 4), last_payment_on=date(2026, 4, 6)),
     ["Payait d’habitude vers le 6, 4 mois sur 4, jusqu’en avril 2026"]),
    ("the habit of who paid on the first day of last month",
     replace(TWO, habit=Habit(6, 4, 4), last_payment_on=date(2026, 10, 1)),
     ["Paie d’habitude vers le 6, 4 mois sur 4"]),
    ("of who paid on the last day of the month before",
     replace(TWO, habit=Habit(6, 4, 4), last_payment_on=date(2026, 9, 30)),
     ["Payait d’habitude vers le 6, 4 mois sur 4, jusqu’en septembre 2026"]),
    ("the deadline takes the place of the rule", replace(TWO, default=R2, report_due_on=date(2027, 1, 1)),
     ["Impayé constitué au sens de la loi : à déclarer au plus tard le 1er janv."]),
    ("reported: the rule again", replace(TWO, default=R2, report_due_on=date(2027, 1, 1), reported_on=TODAY),
     ["Deuxième impayé : deux termes touchés depuis 5 jours, plus d’un terme net en tout"]),
    ("what is held", replace(LATE, held=D("0.50")), ["Hors file (plan, gel ou contestation) : 0,50 €"]),
    ("a plan that was not kept", replace(LATE, plan_broken_on=date(2026, 11, 3), plan_left=D("106.50")),
     ["Plan d’apurement rompu le 3 nov. : 106,50 € de nouveau comptés dans l’impayé"]),
    ("a plan that a person stopped", replace(LATE, plan_stopped_on=date(2026, 11, 3), stopped_left=D("106.50")),
     ["Plan d’apurement arrêté le 3 nov. : 106,50 € de nouveau comptés dans l’impayé"]),
    ("the answer without its cause", replace(LATE, answered_on=date(2026, 11, 3)),
     ["Réponse du service social le 3 nov."]),
    ("a net term that nobody knows", replace(LATE, net_term=None), []),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "lines"), [t[1:] for t in TRACES], ids=[t[0] for t in TRACES])
def test_each_line_of_the_trace_stands_where_its_fact_does(facts, lines):
    trace = [plain(line) for line in lane_and_action(facts, PARAMS).trace]
    about_terms = [line for line in trace if line.startswith(("Terme ", "En tout "))]
    assert [line for line in trace if line not in about_terms] == lines
    assert any(line.startswith("En tout ") for line in trace) == (facts.net_term is not None)


def test_the_words_of_a_rule_follow_its_figures():
    ours = replace(PARAMS, grace_days=8, return_days=1)
    texts = [
        plain(lane_and_action(facts, ours).trace[1])
        for facts in (replace(LATE, default=R1), replace(LATE, last_return_on=date(2026, 11, 4)))
    ]
    assert texts == [
        "Premier impayé : un terme impayé 8 jours après son échéance", "Paiement rejeté : mis à part 1 jour",
    ]  # fmt: skip


def test_a_long_trace_counts_and_sums_the_rest():
    many = replace(LATE, terms=(*(term(month) for month in range(3, 10)), term(10, left="93.00")))
    trace = [plain(line) for line in lane_and_action(many, PARAMS).trace]
    assert trace[6] == "et 2 autres termes : reste 306,00 €"


def test_the_answer_is_told_with_its_cause():
    facts = replace(LATE, answered_on=date(2026, 11, 3), answer_cause="LOW_INCOME")
    assert "Réponse du service social le 3 nov. : Ressources insuffisantes" in [
        plain(line) for line in lane_and_action(facts, PARAMS).trace
    ]


def test_a_plan_that_nobody_answered_is_told():
    lapsed = replace(PLAN, answered_on=date(2026, 10, 5))
    line = "Plan demandé le 5 oct., resté 30 jours sans réponse : le dossier suit son cours"
    assert line in [plain(line) for line in lane_and_action(lapsed, PARAMS).trace]
    assert line not in [plain(line) for line in lane_and_action(PLAN, PARAMS).trace]


def test_what_is_owed_is_told_in_terms_where_something_is():
    for arrears, told in ((D("0.00"), []), (D("1.00"), ["En tout 0,0 × le terme net de 213,00 €"])):
        found = trace(replace(LATE, arrears=arrears, terms=()), PARAMS, None)
        assert [plain(line) for line in found] == told
