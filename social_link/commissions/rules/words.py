"""A decision in plain words, for a letter. No reason is given: the referent gives it (practice of the commissions)."""

from collections.abc import Sequence
from datetime import date

from common.typography import long_date, uncapitalised
from social_link.commissions.codes import Ask, Ruling


def decision_words(
    *,
    ask: Ask,
    decision: Ruling,
    kind: str,
    months: int | None = None,
    day: date | None = None,
    until: date | None = None,
    held_on: date | None = None,
    conditions: Sequence[str] = (),
) -> str:
    """« La mesure ASLL est renouvelée de 3 mois, jusqu’au 14 février 2027. » `kind`: the label of the measure, or of
    what it becomes; `until`: the last day of what was granted, or of what is not renewed; `held_on`: the day of the
    commission."""
    if decision == Ruling.ADJOURNED:
        return "Elle n’a pas encore décidé : elle examinera de nouveau la demande."
    if decision == Ruling.NO:
        over = until is not None and held_on is not None and until < held_on
        ends = f"{'a fini' if over else 'finit'} {f'le {long_date(until)}' if until else 'à son terme'}"
        return {
            Ask.OPENING: f"Elle n’a pas accordé la mesure {kind}.",
            Ask.RENEWAL: f"Elle n’a pas renouvelé la mesure {kind}, qui {ends}.",
            Ask.CHANGE: "Elle n’a pas changé le type de la mesure.",
            Ask.END: f"La mesure {kind} continue.",
        }[ask]
    if decision == Ruling.ENDED:
        said = f"La mesure {kind} se termine le {long_date(day)}." if day else f"La mesure {kind} se termine."
    elif ask == Ask.CHANGE:
        said = f"La mesure devient : {kind}" + (f", à compter du {long_date(day)}." if day else ".")
    else:
        what = "renouvelée de" if ask == Ask.RENEWAL else "accordée pour"
        start = f", à compter du {long_date(day)}" if day else ""
        end = f", jusqu’au {long_date(until)}" if until else ""
        said = f"La mesure {kind} est {what} {months} mois{start}{end}."
    if conditions:
        asked = ", ".join(uncapitalised(one) for one in conditions)
        said += f" Elle demande : {asked}."
    return said
