"""What the page of the letters of a measure reads."""

from dataclasses import dataclass
from datetime import date

from office.messages.models import Message
from office.messages.queries import messages_about
from social_link.informing import wording
from social_link.informing.models import LetterText, SupportLetter
from social_link.measures.models import Measure
from social_link.objectives.codes import Moment
from social_link.referrals.codes import ABOUT_PARTNER, ReferralMessage
from social_link.referrals.models import Referral
from social_link.referrals.rules.waiting import halfway

_TO_PARTNER = {
    Moment.START: ReferralMessage.START, Moment.MIDDLE: ReferralMessage.MIDDLE, Moment.END: ReferralMessage.END
}  # fmt: skip


def text_in_use(moment: Moment) -> tuple[str, int]:
    """Body, version."""
    row = LetterText.objects.filter(moment=moment).order_by("-version").first()
    return (row.body, row.version) if row else (wording.BODIES[moment], 0)


def day_of(measure: Measure, moment: Moment) -> date | None:
    """The day of which the letter tells; None for the end of a measure that runs."""
    first: date = measure.period.lower
    if moment == Moment.START:
        return first
    return halfway(first, measure.planned_end) if moment == Moment.MIDDLE else measure.ended_on


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of a measure: what the household was told, and beside it what who referred it was."""

    moment: Moment
    day: date | None
    letter: SupportLetter | None
    message: Message | None

    @property
    def label(self) -> str:
        return wording.LABELS[self.moment]

    @property
    def anchor(self) -> str:
        return f"t-{self.moment.value.lower()}"

    @property
    def is_stale(self) -> bool:
        """The letter tells another day than the one that holds now."""
        return self.letter is not None and self.letter.day != self.day


@dataclass(frozen=True, slots=True)
class Telling:
    """`referral`: of which the measure came, or None."""

    steps: list[Step]
    referral: Referral | None


def telling_of(measure: Measure) -> Telling:
    """Three queries at most."""
    letters = {row.moment: row for row in SupportLetter.objects.filter(measure=measure).defer("pdf", "data")}
    referral = Referral.objects.filter(measure=measure).select_related("organisation").first()
    told = messages_about(ABOUT_PARTNER, [referral.pk]).get(referral.pk, []) if referral else []
    messages = {message.kind: message for message in reversed(told)}
    return Telling(
        [
            Step(moment, day_of(measure, moment), letters.get(moment), messages.get(_TO_PARTNER[moment]))
            for moment in Moment
        ],
        referral,
    )
