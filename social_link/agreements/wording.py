"""What the contract of support says until the association writes its own words."""

AIM = (
    "L’association et le ménage avancent ensemble vers les objectifs écrits ci-dessous. L’accompagnement est gratuit. "
    "Il aide à se loger durablement, à payer son loyer et à faire valoir ses droits."
)
RIGHTS = (
    "Vous pouvez arrêter l’accompagnement à tout moment : dites-le à votre référent, ou écrivez-le.\n"
    "Vous pouvez lire ce qui est noté de vous, et demander que ce qui est faux soit corrigé.\n"
    "Vous pouvez venir avec la personne de votre choix.\n"
    "Si rien ne bouge malgré les rendez-vous, l’association en parle avec vous avant d’arrêter."
)
