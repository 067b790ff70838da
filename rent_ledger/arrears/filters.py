"""Filters and orders of the arrears list, for pages and API alike."""

from datetime import timedelta
from decimal import Decimal

import django_filters as df
from django.db.models import Case, DateField, F, Q, QuerySet, When
from django.utils.functional import cached_property

from common import clock
from common.params import Params
from common.text import search_words
from leases.contracts.codes import LeaseKind
from leases.households.filters import OfWhom
from leases.households.models import Household, lives_protected
from office.access.actor import Actor
from office.parameters.queries import params_on
from rent_ledger.arrears.duties import plans_asked
from rent_ledger.arrears.looks import PLAN_WORD, SITUATIONS, SWITCH_WORD
from rent_ledger.arrears.parameters import ORDER_SOON, ages_on, legal_params
from rent_ledger.arrears.perms import hides_answers
from rent_ledger.arrears.queries.ages import of_age
from rent_ledger.arrears.queries.arrears import touched_by_switch
from rent_ledger.arrears.queries.told import told_to_decide
from rent_ledger.arrears.rules.ages import AgeSlice
from rent_ledger.books.codes import Action, Lane
from rent_ledger.books.models import AccountState

TO_DECIDE_WORD, ALL_WORD = "decider", "tous"
ARREARS_SORTS: dict[str, tuple[str, ...]] = {
    "depuis": ("oldest_due", "-debt", "account_id"),
    "solde": ("debt", "account_id"),
    "termes": ("terms", "account_id"),
    "paiement": ("last_payment_on", "account_id"),
    "menage": ("account__household__sort_key", "account_id"),
}


AGE_CHOICES = [(str(number), f"Tranche {number}" if number else "Rien en retard") for number in range(5)]
PAGE_SORTS = ARREARS_SORTS | {"urgence": ("lapse", "-gravity", "account__household__sort_key", "account_id")}
"""`urgence` needs `by_urgency`: what is about to lapse first, then the gravest, then by surname."""
CRUMB = Decimal(100)
"""Euros under which the remainder of a household that left waits behind what is worth a decision."""


def by_urgency(rows: QuerySet[AccountState], actor: Actor, *, params: Params) -> QuerySet[AccountState]:
    """The states with `lapse`: the day on which something of theirs lapses, where the law gives it, or where it comes
    soon by `params`. To who may not know what the social service answered, the law's alone."""
    day = Q(action=Action.REPORT_PAYER)
    if not hides_answers(actor):
        day |= Q(lapses_on__lte=clock.today() + timedelta(days=params.integer(ORDER_SOON)))
    return rows.annotate(lapse=Case(When(day, then=F("lapses_on")), output_field=DateField(null=True)))


def without_crumbs(rows: QuerySet[AccountState]) -> QuerySet[AccountState]:
    """Without the small remainders of households that left."""
    return rows.exclude(lane=Lane.GONE, debt__lt=CRUMB)


class ArrearsFilter(df.FilterSet):
    situation = df.ChoiceFilter(
        label="Situation",
        choices=[
            (TO_DECIDE_WORD, "À décider"),
            (ALL_WORD, "Tous"),
            (PLAN_WORD, "Plan demandé"),
            (SWITCH_WORD, "Nouveau seuil"),
            *((word, lane.label) for word, lane in SITUATIONS.items()),
        ],
        method="by_situation",
    )
    cadre = df.ChoiceFilter(
        label="Cadre", field_name="account__lease__kind", choices=LeaseKind.choices, empty_label="Tous les cadres"
    )
    q = df.CharFilter(label="Rechercher", method="by_text")
    age = df.ChoiceFilter(label="Ancienneté", choices=AGE_CHOICES, method="by_age")
    of_every_age: QuerySet[AccountState]
    """Once `qs` was read: the rows by every other filter."""

    class Meta:
        model = AccountState
        fields: list[str] = []

    @cached_property
    def params(self) -> Params:
        return params_on(clock.today())

    @property
    def slices(self) -> tuple[AgeSlice, ...]:
        """The slices of age of today."""
        return ages_on(clock.today(), params=self.params)

    def filter_queryset(self, queryset: QuerySet[AccountState]) -> QuerySet[AccountState]:
        said = self.form.cleaned_data
        for name in said.keys() - {"age"}:
            queryset = self.filters[name].filter(queryset, said[name])
        self.of_every_age = queryset
        found: QuerySet[AccountState] = self.filters["age"].filter(queryset, said.get("age", ""))
        return found

    def by_age(self, rows: QuerySet[AccountState], name: str, value: str) -> QuerySet[AccountState]:
        return of_age(rows, int(value), slices=self.slices, day=clock.today())

    def by_situation(self, rows: QuerySet[AccountState], name: str, value: str) -> QuerySet[AccountState]:
        if value == TO_DECIDE_WORD:
            return rows.filter(action__in=sorted(told_to_decide(self.request.actor)))
        if value == PLAN_WORD:
            # Who may not know that a plan is asked finds nobody by it.
            if hides_answers(self.request.actor):
                return rows.none()
            return rows.filter(account__in=plans_asked().values("case__account"))
        if value == SWITCH_WORD:
            day = clock.today()
            return rows.filter(pk__in=touched_by_switch(day, legal_params(day)).values("pk"))
        return rows if value == ALL_WORD else rows.filter(lane=SITUATIONS[value])

    def by_text(self, rows: QuerySet[AccountState], name: str, value: str) -> QuerySet[AccountState]:
        if not search_words(value):
            return rows
        return rows.filter(
            Q(account__household__in=Household.objects.matching(value))
            | Q(account__lease__reference__icontains=value.strip())
            # To find somebody by the dwelling tells the address.
            | Q(account__lease__unit__dwelling__reference__icontains=value.strip())
            & Q(~lives_protected("account__household", clock.today()))
        )


class ArrearsPageFilter(OfWhom, ArrearsFilter):
    """The filters of the page: those of the API, and whose households."""

    household = "account__household"
