"""The first accounts of an installation: who administers, and who confirms."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from common.commands import HouseCommand
from common.errors import InvalidInput
from office.staff.services import first_person


class Command(HouseCommand):
    help = (
        "Crée la première personne qui administre Ancrage, ou avec --direction celle qui confirme ce qu’elle demande. "
        "Chacune tape elle-même son mot de passe. Les autres comptes se créent sur le site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("email", help="Adresse de connexion")
        parser.add_argument("prenom")
        parser.add_argument("nom")
        parser.add_argument("--direction", action="store_true", help="La personne a le rôle Direction.")
        parser.add_argument(
            "--password-stdin", action="store_true", help="Lit le mot de passe sur l’entrée standard, sans le demander."
        )

    def run(self, **options: Any) -> None:
        password = (
            sys.stdin.readline().rstrip("\n") if options["password_stdin"] else getpass.getpass("Mot de passe : ")
        )
        try:
            validate_password(password)
        except ValidationError as error:
            raise InvalidInput(" ".join(error.messages)) from error
        user = first_person(
            email=options["email"],
            first_name=options["prenom"],
            last_name=options["nom"],
            password=password,
            directs=options["direction"],
        )
        self.stdout.write(f"{user.get_full_name()} peut se connecter avec {user.email}.")
