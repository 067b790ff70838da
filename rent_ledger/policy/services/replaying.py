"""A changed policy is played on the past year by a job, which writes nothing but its result; then it may be adopted."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.params import declared
from common.periods import Month
from office.access.actor import Actor
from office.access.matrix import Data, Read, Write
from office.access.permissions import needs
from office.jobs.codes import JobState
from office.jobs.services import start_job
from office.models import Job
from office.parameters.queries import params_on
from office.parameters.services import set_value
from rent_ledger.arrears.parameters import FIRST_DEFAULT_DAYS, FIRST_MONTHS
from rent_ledger.arrears.rules.defaults import DefaultParams
from rent_ledger.policy.parameters import REPLAYED
from rent_ledger.policy.queries.pasts import pasts_of, replayed_accounts
from rent_ledger.policy.rules.replay import Compared, compare

KIND = "policy_replay"
MONTHS = 12
CHUNK = 500


@needs(Read(Data.PARAMETER))
@transaction.atomic
def start_replay(*, values: Mapping[str, Any], actor: Actor) -> Job:
    """Play these values of `REPLAYED` on the last twelve full months, against those of today. The same values on the
    same day are one job. It writes nothing on cases, alerts or messages.

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
    return start_job(
        kind=KIND,
        key=f"{KIND}:{today}:{actor.user_id}:{json.dumps(payload['changed'], sort_keys=True)}",
        title="Politique rejouée sur un an",
        payload=payload,
        chunks=[({"accounts": part}, len(part)) for part in parts],
        actor=actor,
    )


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


def replayed_params(values: Mapping[str, Any]) -> DefaultParams:
    """What R1 and R2 read, from the values of a job."""
    return DefaultParams(
        grace_days=declared()[FIRST_DEFAULT_DAYS].parse(values[FIRST_DEFAULT_DAYS]),
        first_months=declared()[FIRST_MONTHS].parse(values[FIRST_MONTHS]),
    )


def play(job: Job, account_ids: list[int]) -> Compared:
    """Both policies of the job, on these accounts. Reads only."""
    start, end = (date.fromisoformat(job.payload[bound]) for bound in ("start", "end"))
    pasts = pasts_of(account_ids, start=start, end=end, today=clock.today())
    return compare(
        pasts, start, end, now=replayed_params(job.payload["now"]), changed=replayed_params(job.payload["changed"])
    )


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
    keys = [key for key in REPLAYED if changed[key] != then.value(key)]
    if not keys:
        raise Conflict("Ces valeurs sont déjà celles de ce jour-là.", code="wrong_state")
    for key in keys:
        set_value(key=key, since=since, value=changed[key], source=source, actor=actor)
    return keys
