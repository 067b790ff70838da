"""How lanes and actions are shown: icons, hues, words."""

from rent_ledger.enums import Action, Lane

# Lane → (meaning of its badge, hue of its tile, short word of the strip, word of its address).
LANES: dict[str, tuple[str, str, str, str]] = {
    Lane.NEW: ("new", "warn", "Nouveau", "nouveau"),
    Lane.TECHNICAL: ("technical", "info", "Technique", "technique"),
    Lane.REFERRED: ("social", "social", "Signalé", "signale"),
    Lane.PAUSED: ("paused", "neutral", "En pause", "pause"),
    Lane.GONE: ("gone", "neutral", "Partis", "partis"),
}
TILE_ICONS = {
    Lane.NEW: "circle-dot",
    Lane.TECHNICAL: "hourglass",
    Lane.REFERRED: "heart-handshake",
    Lane.PAUSED: "player-pause",
    Lane.GONE: "door-exit",
}
# Action → (its icon, the end of « Pourquoi … ? »).
ACTIONS: dict[str, tuple[str, str]] = {
    Action.NOTHING: ("hourglass", "ne rien réclamer"),
    Action.WAIT: ("clock", "attendre"),
    Action.COURTESY: ("message", "un message courtois"),
    Action.CALL: ("phone", "appeler"),
    Action.ALERT_SOCIAL: ("heart-handshake", "alerter le social"),
    Action.WAIT_ANSWER: ("player-pause", "attendre la réponse"),
    Action.REPORT_PAYER: ("building-community", "déclarer à la CAF"),
    Action.WRITE_GONE: ("mail", "écrire à la nouvelle adresse"),
}
