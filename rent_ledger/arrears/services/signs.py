"""The early signs that stand: found, kept with the day on which they were known, ended; set aside by a person."""

import json
from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import Max

from common import clock
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.parameters.queries import params_on
from rent_ledger.arrears.models import EarlySign, SignAside
from rent_ledger.arrears.parameters import HABIT_WINDOW, pause_until_most, sign_params
from rent_ledger.arrears.queries.sign_facts import signs_on
from rent_ledger.benefits.parameters import BENEFIT_PERCENT

# One search at a time: "SIGN" in ASCII.
_LOCK = 0x5349474E

# A sign that is found again goes on, with the facts of now: it began and was known when it was.
_KEEP = """
INSERT INTO rent_ledger_earlysign (account_id, kind, key, since, known_on, reason)
SELECT w.account_id, w.kind, w.key, w.since, %(day)s, w.reason::jsonb
FROM unnest(%(accounts)s::bigint[], %(kinds)s::text[], %(keys)s::text[], %(sinces)s::date[], %(reasons)s::text[])
    AS w(account_id, kind, key, since, reason)
ON CONFLICT (account_id, kind, key) DO UPDATE SET reason = excluded.reason, ended_on = NULL
WHERE (rent_ledger_earlysign.reason, rent_ledger_earlysign.ended_on) IS DISTINCT FROM (excluded.reason, NULL::date)
"""
_END = """
UPDATE rent_ledger_earlysign s SET ended_on = greatest(%(day)s, s.known_on)
WHERE s.ended_on IS NULL AND (%(ids)s::bigint[] IS NULL OR s.account_id = ANY(%(ids)s::bigint[])) AND NOT EXISTS (
    SELECT 1 FROM unnest(%(accounts)s::bigint[], %(kinds)s::text[], %(keys)s::text[]) AS w(account_id, kind, key)
    WHERE (w.account_id, w.kind, w.key) = (s.account_id, s.kind, s.key))
"""


@transaction.atomic
def find_signs(*, day: date, account_ids: Sequence[int] | None = None) -> int:
    """Bring the signs of these accounts (None: of all) up to `day`; returns how many stand. Finding them again the same
    day changes nothing. A fixed number of queries; sends nothing, and asks nothing of anybody."""
    params = params_on(day)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    found = list(
        signs_on(
            day,
            params=sign_params(day, params=params),
            percent=params.integer(BENEFIT_PERCENT),
            window_months=params.integer(HABIT_WINDOW),
            account_ids=account_ids,
        )
    )
    rows = {
        "day": day,
        "ids": None if account_ids is None else list(account_ids),
        "accounts": [account for account, _ in found],
        "kinds": [sign.kind for _, sign in found],
        "keys": [sign.key for _, sign in found],
        "sinces": [min(sign.since, day) for _, sign in found],
        "reasons": [json.dumps(sign.reason.to_json()) for _, sign in found],
    }
    with connection.cursor() as cursor:
        cursor.execute(_END, rows)
        cursor.execute(_KEEP, rows)
    return len(found)


@needs(Write(Data.ARREARS))
@transaction.atomic
def set_aside(*, account_id: int, until: date | None = None, reason: str = "", actor: Actor) -> list[SignAside]:
    """« Vu »: the signs that stand of the account are not shown any more; another one is. With `until`, nor is another
    of their kinds until that day (included), and `reason` says why. The same twice is done once.

    InvalidInput (fields `until`, `reason`); `Conflict` where nothing stands, or was set aside otherwise.
    """
    reason = _checked(until, reason)
    # Two people at once: the second finds what the first did.
    signs = list(EarlySign.objects.select_for_update().filter(account=account_id, ended_on=None).order_by("pk"))
    done = {aside.sign_id: aside for aside in SignAside.objects.filter(sign__in=signs, undone_at=None)}
    new = [sign for sign in signs if sign.pk not in done]
    if not new:
        if signs and all((aside.until, aside.reason) == (until, reason) for aside in done.values()):
            return list(done.values())
        raise Conflict("Aucun signe à écarter : le compte n’en montre plus, ou quelqu’un vient de le faire.")
    now = clock.now()
    return SignAside.objects.bulk_create(
        SignAside(sign=sign, until=until, reason=reason, decided_at=now, author_id=actor.user_id) for sign in new
    )


def _checked(until: date | None, reason: str) -> str:
    if until is not None:
        today = clock.today()
        if until <= today:
            raise InvalidInput("Choisissez un jour après aujourd’hui.", field="until")
        if until > (most := pause_until_most(today)):
            raise InvalidInput(f"Choisissez un jour jusqu’au {most:%d/%m/%Y} : cela se renouvelle.", field="until")
        if not reason.strip():
            raise InvalidInput("Dites pourquoi en quelques mots.", field="reason")
    if len(reason) > 200:
        raise InvalidInput("Le motif tient en 200 caractères.", field="reason")
    return reason.strip()


@needs(Write(Data.ARREARS))
@transaction.atomic
def undo_aside(*, account_id: int, actor: Actor) -> list[SignAside]:
    """« Annuler »: what was set aside last of the account is shown again while it stands. Nothing where that was done
    already."""
    list(EarlySign.objects.select_for_update().filter(account=account_id).order_by("pk"))
    asides = SignAside.objects.filter(sign__account=account_id, undone_at=None)
    last = asides.aggregate(last=Max("decided_at"))["last"]
    undone = list(asides.filter(decided_at=last))
    for aside in undone:
        aside.undone_at, aside.undone_by_id = clock.now(), actor.user_id
    SignAside.objects.bulk_update(undone, ["undone_at", "undone_by"])
    return undone
