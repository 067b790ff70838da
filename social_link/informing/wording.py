"""What the letters of a support say until the association writes its own words."""

from social_link.objectives.codes import Moment

LABELS = {Moment.START: "Au début", Moment.MIDDLE: "Au milieu", Moment.END: "À la fin"}
"""Of an assessment of the axes the middle is any day between; of a letter it is one day."""
BODIES = {
    Moment.START: (
        "Votre accompagnement commence. Il est gratuit, et il est à vous : nous avançons avec vous vers ce que vous "
        "avez choisi.\n"
        "Vous pouvez venir avec la personne de votre choix. Vous pouvez arrêter quand vous voulez : dites-le-nous."
    ),
    Moment.MIDDLE: (
        "Votre accompagnement est à mi-chemin. C’est le moment de regarder ensemble ce qui a bougé, et ce qui reste.\n"
        "Si un objectif ne vous convient plus, nous le changeons avec vous."
    ),
    Moment.END: (
        "Votre accompagnement est terminé. Merci pour le chemin fait ensemble.\n"
        "Si une difficulté revient, appelez-nous : il peut reprendre."
    ),
}
