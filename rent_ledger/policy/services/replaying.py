"""A changed policy is played on the past year by a job, which writes nothing but its result; then it may be adopted."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import transaction

from common import clock
from common.copy import copy_rows
from common.errors import Conflict, InvalidInput
from common.params import Params, Value, declared
from common.periods import Month
from office.access.actor import Actor
from office.access.matrix import Data, Read, Write
from office.access.permissions import needs
from office.jobs.codes import JobState
from office.jobs.services import start_job
from office.models import Job
from office.parameters.queries import params_on
from office.parameters.services import set_value
from rent_ledger.arrears.parameters import LATE_CASE_DAYS, default_params, lane_params
from rent_ledger.policy.models import ReplayRow
from rent_ledger.policy.parameters import REPLAYED
from rent_ledger.policy.queries.pasts import pasts_of, replayed_accounts
from rent_ledger.policy.rules.replay import Compared, Past, Steps, alerts_between, compare
from rent_ledger.policy.rules.steps import Policy, matched, steps_between

KIND = "policy_replay"
MONTHS = 12
CHUNK = 200
KEPT = 5
"""Of the last replays, the lines account by account stay; of those before, the totals."""


@needs(Read(Data.PARAMETER))
@transaction.atomic
def start_replay(*, values: Mapping[str, Any], actor: Actor) -> Job:
    """Play these values of `REPLAYED` on the last twelve full months, against those of today. The same values on the
    same day are one job. It writes nothing on cases, alerts or messages; the lines of old replays are erased.

    Raises `InvalidInput` (by the last part of the key) for a value that is none, or where nothing would change.
    """
    today = clock.today()
    now = params_on(today)
    changed = {key: _typed(key, values.get(key, now.value(key))) for key in REPLAYED}
    if all(changed[key] == now.value(key) for key in REPLAYED):
        raise InvalidInput("Changez au moins une valeur : il n’y a rien à comparer.", field=field_of(REPLAYED[0]))
    end = Month.of(today)
    payload = {
        "start": end.plus(-MONTHS).first.isoformat(),
        "end": end.first.isoformat(),
        "now": {key: declared()[key].to_json(now.value(key)) for key in REPLAYED},
        "changed": {key: declared()[key].to_json(value) for key, value in changed.items()},
    }
    accounts = replayed_accounts()
    parts = [accounts[at : at + CHUNK] for at in range(0, len(accounts), CHUNK)]
    values_key = sha256(json.dumps([payload["now"], payload["changed"]], sort_keys=True).encode()).hexdigest()[:32]
    job = start_job(
        kind=KIND,
        key=f"{KIND}:{today}:{actor.user_id}:{values_key}",
        title="Politique rejouée sur un an",
        payload=payload,
        chunks=[({"accounts": part}, len(part)) for part in parts],
        actor=actor,
    )
    # Once the job is known: asked again, it may be an older one.
    kept = Job.objects.filter(kind=KIND).order_by("-pk").values_list("pk", flat=True)[:KEPT]
    ReplayRow.objects.exclude(job__in=[job.pk, *kept]).delete()
    return job


def field_of(key: str) -> str:
    return key.partition(".")[2]


def _typed(key: str, value: Any) -> Any:
    parameter = declared()[key]
    try:
        typed = parameter.parse(value)
        parameter.check(typed)
    except ValueError as error:
        raise InvalidInput(str(error), field=field_of(key)) from error
    return typed


def policy_of(values: Mapping[str, Any], *, params: Params) -> Policy:
    """The policy of `params` with the values of a job."""
    known = {
        key: Value(declared()[key].parse(value), params.source(key), params.verified(key))
        for key, value in values.items()
    }
    played = Params.of(params.day, {**params.values, **known})
    return Policy(
        defaults=default_params(params.day, params=played),
        lanes=lane_params(params.day, params=played),
        late_case_days=played.integer(LATE_CASE_DAYS),
    )


def play(job: Job, account_ids: list[int]) -> Compared:
    """Both policies of the job, on these accounts: writes what each does, account by account."""
    start, end = (date.fromisoformat(job.payload[bound]) for bound in ("start", "end"))
    today = clock.today()
    params = params_on(today)
    now, changed = (policy_of(job.payload[which], params=params) for which in ("now", "changed"))
    played = [
        (past.account_id, *_both(past, start, end, now, changed))
        for past in pasts_of(account_ids, start=start, end=end, today=today)
    ]
    columns = ("job_id", "account_id", "what", "number", "now_on", "changed_on")
    copy_rows(
        ReplayRow._meta.db_table,
        columns,
        ((job.pk, account, *row) for account, first, second in played for row in _rows(first, second)),
    )
    return compare((first, second) for _, first, second in played)


def _both(past: Past, start: date, end: date, now: Policy, changed: Policy) -> tuple[Steps, Steps]:
    first, second = matched(*(steps_between(past, start, end, policy) for policy in (now, changed)))
    return (
        alerts_between(past, start, end, now.defaults) | first,
        alerts_between(past, start, end, changed.defaults) | second,
    )


def _rows(now: Steps, changed: Steps) -> Iterator[tuple[str, int, date | None, date | None]]:
    """What each policy does, in the order of its days: code, number from 1, and the day by each."""
    numbers: dict[str, int] = {}
    keys = now.keys() | changed.keys()
    for key in sorted(keys, key=lambda key: (key[0], now.get(key) or changed[key], str(key[1]))):
        numbers[key[0]] = numbers.get(key[0], 0) + 1
        yield key[0], numbers[key[0]], now.get(key), changed.get(key)


@needs(Write(Data.PARAMETER))
@transaction.atomic
def adopt_replay(*, job_id: int, since: date, source: str, actor: Actor) -> list[str]:
    """« Adopter »: the values that were played and differ from those of `since` are dated values from that day on.
    Returns their keys. Each is taken back on the page of its parameter.

    Raises `InvalidInput` (`since`, `source`); `Conflict` (`wrong_state`) for a job that has not ended, or nothing to
    adopt.
    """
    job = Job.objects.select_for_update(no_key=True).filter(pk=job_id, kind=KIND).first()
    if job is None or job.state != JobState.DONE:
        raise Conflict("Ce rejeu n’est pas terminé : attendez son résultat.", code="wrong_state")
    if since <= clock.today():
        raise InvalidInput("Choisissez un jour à venir : ce qui est déjà fait le reste.", field="since")
    then = params_on(since)
    changed = {key: declared()[key].parse(value) for key, value in job.payload["changed"].items()}
    keys = [key for key in REPLAYED if key in changed and changed[key] != then.value(key)]
    if not keys:
        raise Conflict("Ces valeurs sont déjà celles de ce jour-là.", code="wrong_state")
    for key in keys:
        set_value(key=key, since=since, value=changed[key], source=source, actor=actor)
    return keys
