"""Whether something waits for a pass of the alerts: what the minute's tick asks, where a wake-up was lost."""

from datetime import date

from rent_ledger.books.services.kept import has_unread
from social_link.alerts.codes import AlertRule
from social_link.alerts.parameters import alert_params
from social_link.alerts.services.absences import concerned, is_waiting
from social_link.alerts.services.following import changed_facts, joined_alerts
from social_link.alerts.services.raising import READER, new_of_rule
from social_link.alerts.services.recipients import recipients_of
from social_link.alerts.services.registry import RULES, Reading

SAID = (AlertRule.TWO_ABSENCES, AlertRule.WEAK_SIGNAL, AlertRule.REQUESTED)
"""Rules of what people saw or asked: found by their own rows, whatever the books say."""


def has_waiting(day: date) -> bool:
    """Whether a pass has perhaps something to find: the books have moved since the last one, what an alert tells was
    corrected, somebody went away or came back, or a signal, a request or a missed visit has no alert though somebody
    could receive it. A fixed number of short queries."""
    if has_unread(READER) or any(changed_facts(day)):
        return True
    # Asked in one query, as neither is there on most days.
    rare = joined_alerts().order_by().values("pk").union(concerned(day).order_by().values("pk"))
    if rare.exists() and (joined_alerts().exists() or is_waiting(day)):
        return True
    reading = Reading(day, alert_params(day))
    waiting = {new.household_id for code in SAID for new in new_of_rule(RULES[code], reading).values()}
    return bool(waiting) and bool(recipients_of(waiting, day))
