"""How the states of a referral look."""

from common.looks import Look
from social_link.referrals.codes import ReferralState

STATES: dict[str, Look] = {
    ReferralState.RECEIVED: Look(ReferralState.RECEIVED.label, "new"),
    ReferralState.ACKNOWLEDGED: Look(ReferralState.ACKNOWLEDGED.label, "info", "mail-check"),
    ReferralState.TO_COMPLETE: Look(ReferralState.TO_COMPLETE.label, "incomplete"),
    ReferralState.ASSESSED: Look(ReferralState.ASSESSED.label, "social"),
    ReferralState.COMMISSION: Look(ReferralState.COMMISSION.label, "info", "gavel"),
    ReferralState.INSIDE: Look(ReferralState.INSIDE.label, "ok", "door-enter"),
    ReferralState.OUTSIDE: Look(ReferralState.OUTSIDE.label, "neutral", "door-exit"),
    ReferralState.DROPPED: Look(ReferralState.DROPPED.label, "neutral", "ban"),
    ReferralState.MEASURE: Look(ReferralState.MEASURE.label, "done"),
}
