"""Warns before a free text is kept: health, offences, opinions, judgement. It never blocks (row 83).

Words are compared without case or accents. The list can't be complete: it only asks the writer to read again.
Sources: RGPD articles 9 and 10; CNIL, guidance on free text fields (excessive comments); general knowledge, unverified.
"""

import re
from dataclasses import dataclass

from common.text import sort_key

HEALTH = "santé"
OFFENCE = "infraction"
OPINION = "origine ou opinion"
JUDGEMENT = "jugement"

_TERMS: dict[str, str] = {
    HEALTH: """alcool, alcoolique, alcoologie, boit, ivre, saoul, saoule, psychotique,
        alcoolisme, addict, addiction, addictions, drogue, drogues, toxicomane, toxicomanie,
        cancer, depressif, depressive, depression, bipolaire, schizophrene, schizophrenie, psychiatre, psychiatrie,
        psychiatrique, hospitalisation, hospitalise, hospitalisee, maladie, malade, handicap, handicape, handicapee,
        seropositif, seropositive, vih, sida, traitement medical, medicament, medicaments, suicide, suicidaire,
        enceinte, grossesse, diabete, demence, alzheimer""",
    OFFENCE: """frappe, frappee, cogne, violent, violente, prison,
        incarcere, incarceree, detenu, detenue, condamne, condamnee, condamnation, delinquant,
        delinquante, casier judiciaire, garde a vue, voleur, voleuse, trafic, dealer, agression sexuelle,
        violences conjugales, sursis, bracelet electronique""",
    OPINION: """religion, religieux, religieuse, musulman, musulmane, islam, catholique, juif, juive, ramadan, syndicat,
        syndique, syndiquee, ethnie, ethnique, arabe, gitan, gitane, homosexuel, homosexuelle, lesbienne,
        sans papiers""",
    JUDGEMENT: """menteur, menteuse, ment, mauvaise foi, paresseux, paresseuse, feignant, feignante, faineant,
        faineante, agressif, agressive, bizarre, fou, folle, profiteur, profiteuse, ingerable, irresponsable,
        mauvaise mere, mauvais pere, hysterique, parano, incapable, cas social, cassos""",
}
TOPICS = frozenset(_TERMS)
_BY_TOPIC = {topic: [" ".join(term.split()) for term in terms.split(",")] for topic, terms in _TERMS.items()}
_ADVICE = {
    HEALTH: "Une donnée de santé n’a pas sa place ici : écrivez la conséquence utile (« rendez-vous à reporter »).",
    OFFENCE: "Une infraction ou une condamnation ne se note pas ici.",
    OPINION: "L’origine, la religion et les opinions ne se notent pas.",
    JUDGEMENT: "Écrivez ce que vous avez vu ou entendu, pas ce que vous en pensez.",
}

# What one such word does, and what several do.
_SAYS = {
    HEALTH: ("parle de santé", "parlent de santé"),
    OFFENCE: ("parle d’une infraction", "parlent d’infractions"),
    OPINION: ("parle d’une origine ou d’une opinion", "parlent d’une origine ou d’une opinion"),
    JUDGEMENT: ("est un jugement", "sont des jugements"),
}


def _as_typed(term: str, text: str) -> str:
    """The words of `text` that are this term, with the accents that were typed."""
    words, n = re.findall(r"\w+", text), len(term.split())
    spans = (" ".join(words[at : at + n]) for at in range(len(words)))
    return next((span for span in spans if sort_key(span) == term), term)


@dataclass(frozen=True, slots=True)
class Caution:
    """`words` as found, `topic` what they touch, `advice` what to write instead."""

    topic: str
    words: tuple[str, ...]
    advice: str

    @property
    def says(self) -> str:
        """`« ment » est un jugement.`"""
        quoted = ", ".join(f"«\u00a0{word}\u00a0»" for word in self.words)
        return f"{quoted} {_SAYS[self.topic][len(self.words) > 1]}."


def cautions(text: str) -> list[Caution]:
    """What to read again before keeping `text`; empty when nothing was found."""
    plain = f" {sort_key(text)} "
    found = []
    for topic, terms in _BY_TOPIC.items():
        hits = tuple(_as_typed(term, text) for term in terms if f" {term} " in plain)
        if hits:
            found.append(Caution(topic, hits, _ADVICE[topic]))
    return found
