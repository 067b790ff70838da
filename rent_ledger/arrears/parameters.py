"""Dated parameters of the arrears, and how to read them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from common.params import Kind, Params, Scope, Steps, declare
from common.periods import add_months
from office.house.parameters import ALSACE_MOSELLE
from office.parameters.queries import params_on, params_steps, steps_and_params
from rent_ledger.arrears.codes import FreezeKind
from rent_ledger.arrears.rules.ages import AgeSlice, age_slices
from rent_ledger.arrears.rules.case_facts import LaneParams
from rent_ledger.arrears.rules.ccapex import CcapexParams
from rent_ledger.arrears.rules.defaults import DefaultParams
from rent_ledger.arrears.rules.freezes import FreezeParams
from rent_ledger.arrears.rules.legal import LegalParams
from rent_ledger.arrears.rules.living import LivingParams
from rent_ledger.arrears.rules.order import OrderParams
from rent_ledger.arrears.rules.payer_steps import PayerParams
from rent_ledger.arrears.rules.signs import SignParams
from rent_ledger.arrears.step_parameters import CALL_WAIT_DAYS, FORMAL_DAYS, REMINDER_DAYS
from rent_ledger.books.rules.plans import PlanParams
from rent_ledger.rights.parameters import AL_DAY, APL_DAY

# ---------- arrears: the law (law.md A1.1) ----------

_R824_1 = "CCH, art. R. 824-1, version en vigueur le 30 juin 2026"
_D2026_84 = "Décret 2026-84 du 12 février 2026, d’après des sources secondaires : texte intégral à lire"
LEGAL_SWITCH = declare(
    key="arrears.switch_on",
    kind=Kind.DATE,
    unit="",
    label="Premier jour du régime d’impayé de 2027",
    source=_D2026_84,
    verified=False,
    default="2027-01-01",
    scope=Scope.NATIONAL,
).key
LEGAL_MULTIPLE = declare(
    key="arrears.threshold_multiple",
    kind=Kind.DECIMAL,
    unit="× le montant mensuel",
    label="Seuil d’impayé jusqu’au 31 décembre 2026 (net en tiers payant, brut sinon)",
    source=_R824_1,
    verified=True,
    default="2",
    most=100,
    scope=Scope.NATIONAL,
).key
LEGAL_AMOUNT = declare(
    key="arrears.threshold_amount",
    kind=Kind.DECIMAL,
    unit="€",
    label="Seuil d’impayé à partir du 1er janvier 2027 (strictement au-dessus)",
    source=f"{_D2026_84} ; brut ou net n’y est pas dit : la dette du ménage est comparée, aide attendue à part",
    verified=False,
    default="450.00",
    scope=Scope.NATIONAL,
).key
LEGAL_MONTHS = declare(
    key="arrears.threshold_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Âge de la dette qui fait l’impayé à partir du 1er janvier 2027, quel que soit le montant",
    source=_D2026_84,
    verified=False,
    default=3,
    scope=Scope.NATIONAL,
).key
LEGAL_REPORT = declare(
    key="arrears.report_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Délai pour déclarer l’impayé à la CAF ou à la MSA",
    source="CCH, art. R. 824-4 ; deux mois aussi à partir de 2027 : décret 2026-84, texte intégral à lire",
    verified=True,
    default=2,
    scope=Scope.NATIONAL,
).key

LEGAL_ALL_REPORT = declare(
    key="arrears.all_report",
    kind=Kind.BOOL,
    unit="",
    label="Le bailleur déclare aussi l’impayé d’un ménage qui reçoit lui-même son aide",
    source="CCH, art. R. 824-4 : le bailleur qui reçoit l’aide ; tous, selon l’administration (à vérifier)",
    verified=False,
    default=False,
    scope=Scope.NATIONAL,
).key

# ---------- arrears: what the payer does with a report, and departures (law.md A1.2, A3) ----------


def _payer(key: str, label: str, source: str, default: int, *, verified: bool = True) -> str:
    return declare(
        key=f"arrears.{key}", kind=Kind.MONTHS, unit="mois", label=label, source=source, verified=verified,
        default=default, scope=Scope.NATIONAL,
    ).key  # fmt: skip


_R824_7 = "CCH, art. R. 824-7, version en vigueur le 30 juin 2026 ; après 2026 : décret 2026-84, texte intégral à lire"
PAYER_PLAN = _payer("payer_plan_months", "Plan demandé au bailleur par la CAF ou la MSA", _R824_7, 6)
PAYER_FSL = _payer("payer_fsl_months", "FSL, après la mise en demeure d’un bailleur sans plan", _R824_7, 3)
PAYER_SEIZED = _payer("payer_seized_months", "FSL saisi par la CAF ou la MSA", _R824_7, 6)
PAYER_SMALL = _payer(
    "payer_small_months", "Plan demandé au bailleur après une petite dette sans accord",
    "CCH, art. R. 824-10 : la moitié du délai de l’art. R. 824-7. Que ce soit ce délai-là est une lecture", 3,
    verified=False,
)  # fmt: skip
PAYER_KEPT = _payer("payer_kept_months", "Aide gardée quand le FSL est saisi par ailleurs", "CCH, art. R. 824-11", 6)
PAYER_LATER = _payer("payer_later_months", "Plan demandé après le FSL saisi par ailleurs", "CCH, art. R. 824-12", 3)
PAYER_REFUSED = _payer(
    "payer_refused_months", "Plan demandé au bailleur qui refuse le versement direct", "CCH, art. R. 824-22", 2
)
PAYER_CHECK = _payer("payer_check_months", "Contrôle d’un plan par la CAF ou la MSA", "CCH, art. R. 824-9", 6)
PAYER_PARTS = declare(
    key="arrears.payer_parts", kind=Kind.INT, unit="mensualités", label="Plan d’office de la CAF ou de la MSA",
    source="CCH, art. R. 824-8", verified=True, default=36, least=1, scope=Scope.NATIONAL,
).key  # fmt: skip
DEPARTURE_MONTHS = _payer(
    "departure_months", "Délai pour signaler un départ à la CAF ou à la MSA", "CCH, art. D. 823-15", 1
)

# ---------- arrears: the CCAPEX (law.md A1.3-3, -4) ----------

_L89_24 = "Loi n° 89-462 du 6 juillet 1989, art. 24 I, modifié par la loi n° 2023-668"
CCAPEX_MONTHS = declare(
    key="ccapex.months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Dette sans interruption à signaler à la CCAPEX",
    source=_L89_24,
    verified=True,
    default=2,
    scope=Scope.NATIONAL,
).key
CCAPEX_MULTIPLE = declare(
    key="ccapex.multiple",
    kind=Kind.DECIMAL,
    unit="× le loyer du mois, hors charges",
    label="Dette à signaler à la CCAPEX",
    source=_L89_24,
    verified=True,
    default="2",
    most=100,
    scope=Scope.NATIONAL,
).key
CCAPEX_WRIT_MONTHS = declare(
    key="ccapex.writ_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Délai entre la saisine de la CCAPEX et l’assignation, pour un bailleur personne morale",
    source="Loi n° 89-462 du 6 juillet 1989, art. 24 II",
    verified=True,
    default=2,
    scope=Scope.NATIONAL,
).key

# ---------- arrears: the house's own delays ----------

_OWN = "Usage de la maison, à régler : aucun texte ne le fixe"


def _own(key: str, kind: Kind, unit: str, label: str, default: Any) -> str:
    return declare(
        key=f"arrears.{key}", kind=kind, unit=unit, label=label, source=_OWN, verified=False, default=default,
        least=None if unit == "%" else 0,
    ).key  # fmt: skip


RETURN_DAYS = _own("return_days", Kind.DAYS, "jours", "Rejet de prélèvement mis à part", 7)
NEWCOMER_DAYS = _own("newcomer_days", Kind.DAYS, "jours", "Nouvel entrant mis à part après l’entrée", 31)
FIRST_AID_MONTHS = _own("first_aid_months", Kind.MONTHS, "mois", "Attente de la première aide après l’entrée", 3)
FIRST_DEFAULT_DAYS = _own("first_default_days", Kind.DAYS, "jours", "Terme compté impayé après l’échéance", 5)
FIRST_MONTHS = _own("first_months", Kind.MONTHS, "mois", "Premiers mois du séjour, suivis de plus près", 3)
CALL_DAYS = _own("call_days", Kind.DAYS, "jours", "Appel plutôt que message après l’échéance", 10)
USUAL_DAYS = _own("usual_tolerance_days", Kind.DAYS, "jours", "Attente au-delà du jour habituel de paiement", 3)
USUAL_MAX_DAYS = _own("usual_max_days", Kind.DAYS, "jours", "Attente du jour habituel, au plus après l’échéance", 31)
HABIT_MONTHS = _own("habit_months", Kind.MONTHS, "mois", "Mois de paiement à partir desquels un jour est habituel", 3)
HABIT_WINDOW = _own("habit_window_months", Kind.MONTHS, "mois", "Mois regardés pour trouver le jour habituel", 12)
HABIT_AROUND = _own("habit_around_days", Kind.DAYS, "jours", "Écart permis autour du jour habituel", 1)
HABIT_PERCENT = _own("habit_percent", Kind.INT, "%", "Part des mois où le jour habituel a été tenu", 75)
SMALL_REMAINDER = _own("small_remainder", Kind.DECIMAL, "€", "Reste d’un terme payé en partie, laissé là", "100.00")
SMALL_DAYS = _own("small_days", Kind.DAYS, "jours", "Reste d’un terme payé en partie, laissé là au plus", 31)
FIRST_LATE_DAYS = _own(
    "first_late_days", Kind.DAYS, "jours", "Message courtois plutôt qu’appel pour un premier retard", 40
)
SETTLED_MONTHS = _own("settled_months", Kind.MONTHS, "mois", "Séjour à partir duquel on parle d’un premier retard", 3)
LATE_AGAIN_MONTHS = _own(
    "late_again_months", Kind.MONTHS, "mois", "Mois sans retard qui font un nouveau premier retard", 6
)
LATE_CASE_DAYS = _own("late_case_days", Kind.DAYS, "jours", "Dossier plus court oublié quand on compte les retards", 10)
PLAN_DAYS = _own("plan_days", Kind.DAYS, "jours", "Plan demandé par le service social, attendu au plus", 30)
PAUSE_DAYS = _own("pause_max_days", Kind.DAYS, "jours", "Durée la plus longue d’une pause de la gestion locative", 92)
PLAN_MONTHS = declare(
    key="arrears.plan_max_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Durée la plus longue d’un plan d’apurement",
    source="CCH, art. R. 824-8 (1/36 de la dette par mois) ; loi n° 89-462, art. 24 V (trois ans)",
    verified=False,
    default=36,
    scope=Scope.NATIONAL,
).key
_FROZEN = "C. conso., art. L. 722-3 : deux ans au plus"
FREEZE_MONTHS = declare(
    key="arrears.freeze_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Gel des dettes par la recevabilité d’un dossier de surendettement, au plus",
    source=_FROZEN,
    verified=True,
    default=24,
    scope=Scope.NATIONAL,
).key
MORATORIUM_MONTHS = declare(
    key="arrears.moratorium_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Moratoire de la commission de surendettement, au plus",
    source="C. conso., art. L. 733-1, 4° : deux ans au plus",
    verified=True,
    default=24,
    scope=Scope.NATIONAL,
).key
MEASURES_MONTHS = declare(
    key="arrears.measures_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Plan ou mesures de la commission de surendettement, au plus",
    source="C. conso., art. L. 733-1, 1° et L. 733-3 : sept ans au plus, moratoire compris",
    verified=True,
    default=84,
    scope=Scope.NATIONAL,
).key
CLAUSE_MONTHS = declare(
    key="arrears.clause_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Sommeil de la clause résolutoire après un effacement",
    source="Loi n° 89-462, art. 24 VIII : deux ans",
    verified=True,
    default=24,
    scope=Scope.NATIONAL,
).key
PLAN_LATE_DAYS = _own("plan_late_days", Kind.DAYS, "jours", "Plan rompu après l’échéance restée impayée", 5)
PLAN_TOLERANCE = _own("plan_tolerance", Kind.DECIMAL, "€", "Manque d’une mensualité qui ne rompt pas un plan", "0.00")
DEPARTURE_SEEN = _own("departure_seen_months", Kind.MONTHS, "mois", "Départ non signalé rappelé au plus", 6)
SOON_DAYS = _own("report_soon_days", Kind.DAYS, "jours", "Déclaration ou départ à signaler bientôt", 15)
NO_EFFECT_DAYS = _own("no_effect_days", Kind.DAYS, "jours", "Message ou appel resté sans paiement : étape suivante", 10)
REFUSALS = declare(
    key="arrears.refusals", kind=Kind.INT, unit="refus", label="Refus qui attendent un nouveau terme impayé",
    source=_OWN, verified=False, default=2, least=1,
).key  # fmt: skip
DECIDED_DAYS = _own("decided_days", Kind.DAYS, "jours", "Repos d’un dossier après une décision", 10)

ORDER_TERM = _own("order_term_points", Kind.INT, "points", "Rang des impayés : points par terme en retard", 10)
ORDER_TREND = _own("order_trend_points", Kind.INT, "points", "Rang des impayés : points d’une dette en hausse", 10)
ORDER_FIRST = _own("order_first_points", Kind.INT, "points", "Rang des impayés : points d’un premier retard", 5)
ORDER_LATE = _own("order_late_points", Kind.INT, "points", "Rang des impayés : points de qui paie toujours tard", 20)
ORDER_MONTHS = _own("order_months", Kind.MONTHS, "mois", "Rang des impayés : mois de paiements regardés", 12)
ORDER_TREND_MONTHS = _own(
    "order_trend_months", Kind.MONTHS, "mois", "Rang des impayés : mois entre les deux dettes comparées", 3
)
ORDER_SOON = _own("order_soon_days", Kind.DAYS, "jours", "Rang des impayés : ce qui échoit d’ici là passe en tête", 7)
# Of the alerts too (`social_link`): a request makes one, and has the same last day.
ANSWER_DAYS = declare(
    key="alert.answer_days", kind=Kind.DAYS, unit="jours ouvrés", label="Délai pour répondre à une alerte",
    source="Pratique de la maison (règles de départ), aucun texte", verified=False, default=15, least=0,
).key  # fmt: skip
SIGN_LATE = _own("sign_late_days", Kind.DAYS, "jours", "Signe : retard sur le jour habituel du ménage", 10)
SIGN_FULL = _own("sign_full_terms", Kind.INT, "termes", "Signe : termes payés en entier avant un paiement partiel", 3)
SIGN_RETURN = _own("sign_return_days", Kind.DAYS, "jours", "Signe : rejet montré après qu’il est connu", 60)
SIGN_END = _own("sign_end_days", Kind.DAYS, "jours", "Signe : fin de contrat ou de droit, montrée avant", 60)
AGE_SHORT = _own("age_short_days", Kind.DAYS, "jours", "Fin de la première tranche d’âge des dettes", 30)
AGE_MIDDLE = _own("age_middle_days", Kind.DAYS, "jours", "Fin de la deuxième tranche d’âge des dettes", 60)
AGE_LONG = _own("age_long_days", Kind.DAYS, "jours", "Fin de la troisième tranche d’âge des dettes", 90)


def ages_on(day: date, *, params: Params | None = None) -> tuple[AgeSlice, ...]:
    """The slices of age of the debts in force on `day`."""
    params = params or params_on(day)
    return age_slices(params.integer(key) for key in (AGE_SHORT, AGE_MIDDLE, AGE_LONG))


def legal_params(day: date, *, params: Params | None = None) -> LegalParams:
    """Figures of the two regimes of impayé in force on `day`."""
    params = params or params_on(day)
    return LegalParams(
        switch_on=params.date_of(LEGAL_SWITCH),
        multiple=params.decimal(LEGAL_MULTIPLE),
        amount=params.decimal(LEGAL_AMOUNT),
        months=params.integer(LEGAL_MONTHS),
        report_months=params.integer(LEGAL_REPORT),
        all_report=params.flag(LEGAL_ALL_REPORT),
    )


# What a constitution was found by: the ids of these values are kept with it.
LEGAL_KEYS = (LEGAL_SWITCH, LEGAL_MULTIPLE, LEGAL_AMOUNT, LEGAL_MONTHS, LEGAL_REPORT, LEGAL_ALL_REPORT)
PAYER_KEYS = (
    PAYER_PLAN, PAYER_FSL, PAYER_SEIZED, PAYER_SMALL, PAYER_KEPT, PAYER_LATER, PAYER_REFUSED, PAYER_CHECK, PAYER_PARTS,
    DEPARTURE_MONTHS,
)  # fmt: skip
CCAPEX_KEYS = (CCAPEX_MONTHS, CCAPEX_MULTIPLE, CCAPEX_WRIT_MONTHS)

_LAW = (*LEGAL_KEYS, *CCAPEX_KEYS, APL_DAY, AL_DAY)


def law_steps() -> Steps[Params]:
    """What the rules of the law read, and the days of the benefits, as in force on each day. One query."""
    return params_steps(_LAW)


def law_and_day(day: date) -> tuple[Steps[Params], Params]:
    """`law_steps`, and all the parameters in force on `day`. One query."""
    return steps_and_params(_LAW, day)


def legal_steps(steps: Steps[Params]) -> Steps[LegalParams]:
    """The figures of the two regimes of impayé on each day."""
    return steps.map(lambda params: legal_params(params.day, params=params))


def payer_steps() -> Steps[Params]:
    """What `payer_params` reads, as in force on each day. One query."""
    return params_steps(PAYER_KEYS)


def departure_seen_from(day: date) -> date:
    """The day from which a departure that nobody told is asked for on `day`."""
    return add_months(day, -params_on(day).integer(DEPARTURE_SEEN))


def soon_days(day: date, *, params: Params | None = None) -> int:
    """How many days before its deadline something to report is marked."""
    return (params or params_on(day)).integer(SOON_DAYS)


def payer_params(day: date, *, params: Params | None = None) -> PayerParams:
    """The delays of the payer's routes in force on `day`."""
    params = params or params_on(day)
    return PayerParams(
        plan_months=params.integer(PAYER_PLAN),
        fsl_months=params.integer(PAYER_FSL),
        seized_months=params.integer(PAYER_SEIZED),
        small_months=params.integer(PAYER_SMALL),
        kept_months=params.integer(PAYER_KEPT),
        later_months=params.integer(PAYER_LATER),
        refused_months=params.integer(PAYER_REFUSED),
        check_months=params.integer(PAYER_CHECK),
        parts=params.integer(PAYER_PARTS),
        departure_months=params.integer(DEPARTURE_MONTHS),
    )


def ccapex_params(day: date, *, params: Params | None = None) -> CcapexParams:
    """Thresholds of the CCAPEX in force on `day`."""
    params = params or params_on(day)
    return CcapexParams(
        months=params.integer(CCAPEX_MONTHS),
        multiple=params.decimal(CCAPEX_MULTIPLE),
        writ_months=params.integer(CCAPEX_WRIT_MONTHS),
    )


def lane_params(day: date, *, params: Params | None = None) -> LaneParams:
    """The house's delays for lanes and actions in force on `day`."""
    params = params or params_on(day)
    return LaneParams(
        return_days=params.integer(RETURN_DAYS),
        newcomer_days=params.integer(NEWCOMER_DAYS),
        first_aid_months=params.integer(FIRST_AID_MONTHS),
        call_days=params.integer(CALL_DAYS),
        first_late_days=params.integer(FIRST_LATE_DAYS),
        settled_months=params.integer(SETTLED_MONTHS),
        late_again_months=params.integer(LATE_AGAIN_MONTHS),
        usual_tolerance_days=params.integer(USUAL_DAYS),
        usual_max_days=params.integer(USUAL_MAX_DAYS),
        small_remainder=params.decimal(SMALL_REMAINDER),
        small_days=params.integer(SMALL_DAYS),
        decided_days=params.integer(DECIDED_DAYS),
        plan_days=params.integer(PLAN_DAYS),
        grace_days=params.integer(FIRST_DEFAULT_DAYS),
        no_effect_days=params.integer(NO_EFFECT_DAYS),
        refusals=params.integer(REFUSALS),
        answer_days=params.integer(ANSWER_DAYS),
        alsace_moselle=params.flag(ALSACE_MOSELLE),
        reminder_days=params.integer(REMINDER_DAYS),
        formal_days=params.integer(FORMAL_DAYS),
        call_wait_days=params.integer(CALL_WAIT_DAYS),
    )


@dataclass(frozen=True, slots=True)
class HabitParams:
    """When a day of payment is a habit: over the last `window_months`, at least `months` of them with a payment, and
    `percent` of these within `around_days` of it."""

    months: int
    window_months: int
    around_days: int
    percent: int


def habit_params(day: date, *, params: Params | None = None) -> HabitParams:
    """What makes a habit, in force on `day`."""
    params = params or params_on(day)
    return HabitParams(
        months=params.integer(HABIT_MONTHS),
        window_months=params.integer(HABIT_WINDOW),
        around_days=params.integer(HABIT_AROUND),
        percent=params.integer(HABIT_PERCENT),
    )


def order_params(day: date, *, params: Params | None = None) -> OrderParams:
    """What places a case in the list, in force on `day`."""
    params = params or params_on(day)
    return OrderParams(
        term_points=params.integer(ORDER_TERM),
        trend_points=params.integer(ORDER_TREND),
        first_points=params.integer(ORDER_FIRST),
        late_points=params.integer(ORDER_LATE),
        months=params.integer(ORDER_MONTHS),
        trend_months=params.integer(ORDER_TREND_MONTHS),
    )


def sign_params(day: date, *, params: Params | None = None) -> SignParams:
    """What makes an early sign, in force on `day`."""
    params = params or params_on(day)
    return SignParams(
        late_days=params.integer(SIGN_LATE),
        habit_months=params.integer(HABIT_MONTHS),
        full_terms=params.integer(SIGN_FULL),
        grace_days=params.integer(FIRST_DEFAULT_DAYS),
        return_days=params.integer(SIGN_RETURN),
        end_days=params.integer(SIGN_END),
    )


def default_params(day: date, *, params: Params | None = None) -> DefaultParams:
    """The figures of R1 and R2 in force on `day`."""
    params = params or params_on(day)
    return DefaultParams(grace_days=params.integer(FIRST_DEFAULT_DAYS), first_months=params.integer(FIRST_MONTHS))


def pause_until_most(day: date) -> date:
    """The last day of a pause of the rent side that begins on `day`."""
    return day + timedelta(days=params_on(day).integer(PAUSE_DAYS))


def plan_params(day: date) -> PlanParams:
    """What breaks a plan, in force on `day`."""
    params = params_on(day)
    return PlanParams(late_days=params.integer(PLAN_LATE_DAYS), tolerance=params.decimal(PLAN_TOLERANCE))


def freeze_params(day: date) -> FreezeParams:
    """What bounds a procedure of overindebtedness, in force on `day`."""
    params = params_on(day)
    return FreezeParams(
        freeze_months=params.integer(FREEZE_MONTHS),
        most_months={
            FreezeKind.MORATORIUM: params.integer(MORATORIUM_MONTHS),
            FreezeKind.MEASURES: params.integer(MEASURES_MONTHS),
        },
        clause_months=params.integer(CLAUSE_MONTHS),
    )


def plan_months_most(day: date) -> int:
    """How many months a plan made on `day` may last."""
    return params_on(day).integer(PLAN_MONTHS)


def plan_until_most(day: date) -> date:
    """The last day of a plan that begins on `day`."""
    return add_months(day, plan_months_most(day))


LIVING_LEAST = declare(
    key="arrears.living_least", kind=Kind.DECIMAL, unit="€ par personne et par jour", verified=False, default="7.00",
    label="Reste à vivre sous lequel un plan est intenable", source="Usage des commissions, aucun texte : à fixer",
).key  # fmt: skip
LIVING_EASY = declare(
    key="arrears.living_easy", kind=Kind.DECIMAL, unit="€ par personne et par jour", verified=False, default="10.00",
    label="Reste à vivre à partir duquel un plan est soutenable, tendu au-dessous",
    source="Usage des commissions, aucun texte : à fixer",
).key  # fmt: skip


def living_params(day: date, *, params: Params | None = None) -> LivingParams:
    """From which amounts a plan is tight, or can't be held, in force on `day`."""
    params = params or params_on(day)
    return LivingParams(least=params.decimal(LIVING_LEAST), easy=params.decimal(LIVING_EASY))
