"""The team of the demo association and how they sign in."""

from dataclasses import dataclass

from office.access.codes import Role

PASSWORD = "ancrage-demo"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the team."""

    key: str
    role: str
    first_name: str
    last_name: str
    job_title: str

    @property
    def email(self) -> str:
        return f"{self.key}@rive-neuve.example"


TEAM = (
    Colleague("nadege", Role.RENTAL_MANAGER, "Nadège", "Prigent", "Gestionnaire locative"),
    Colleague("yann", Role.TECHNICIAN, "Yann", "Le Bihan", "Agent technique"),
    Colleague("samia", Role.TECHNICIAN, "Samia", "Brahimi", "Agente technique"),
    Colleague("camille", Role.SOCIAL_WORKER, "Camille", "Rousseau", "Conseillère ESF"),
    Colleague("malo", Role.SOCIAL_WORKER, "Malo", "Lagarde", "Conseiller ESF"),
    Colleague("helene", Role.HEAD_OF_SOCIAL, "Hélène", "Dufresne", "Responsable du service social"),
    Colleague("marc", Role.DIRECTOR, "Marc", "Antonelli", "Directeur"),
    Colleague("lise", Role.ADMINISTRATOR, "Lise", "Carpentier", "Administratrice"),
    Colleague("ccas", Role.FUNDER, "Julien", "Ferrand", "CCAS du Grand-Étang"),
)
_SHOWN = ("nadege", "yann", "camille", "helene", "marc", "lise", "ccas")
# (role, name, e-mail, password), printed by `manage.py demo`
SIGN_INS = tuple(
    (str(Role(c.role).label), f"{c.first_name} {c.last_name}", c.email, PASSWORD) for c in TEAM if c.key in _SHOWN
)
