"""The command `import_stock`: dry by default, whole or not at all, a clear message and an exit code."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from stock.models import Dwelling
from tests.factories import make_agreement
from tests.paths import DATA

pytestmark = pytest.mark.django_db
REAL = DATA / "rpls" / "rpls_extract_first300.csv"


def run(*args: object) -> str:
    out = StringIO()
    call_command("import_stock", *[str(a) for a in args], stdout=out)
    return out.getvalue()


def test_it_is_dry_unless_asked():
    said = run(REAL)
    assert "186\u00a0logements à créer" in said
    assert "Essai à blanc : rien n’a été écrit" in said
    assert "Avec --expand" in said
    assert not Dwelling.objects.exists()


def test_a_wet_run_imports_into_the_agreement_then_has_nothing_new():
    agreement = make_agreement(reference="2026-04")
    assert "186\u00a0logements créés" in run(REAL, "--agreement", "2026-04", "--wet-run")
    assert agreement.lines.count() == 186
    assert "rien de nouveau" in run(REAL, "--agreement", "2026-04", "--wet-run")


def test_the_groups_expand_on_demand():
    assert "1\u00a0664\u00a0logements à créer" in run(REAL, "--expand")


def test_refusals_are_said_and_exit_with_an_error(tmp_path: Path):
    with pytest.raises(CommandError, match="ne peut pas être lu"):
        run(tmp_path / "absent.csv")
    wrong = tmp_path / "faux.csv"
    wrong.write_text("bonjour")
    with pytest.raises(CommandError, match="en-tête"):
        run(wrong)
    wrong.write_text("DEPCOM;CODEPOSTAL;LIBCOM;NOMVOIE;NBPIECE\n44109;44000;NANTES;CORDIERS;x\n")
    with pytest.raises(CommandError, match="1\u00a0ligne à corriger : rien n’a été écrit"):
        run(wrong, "--wet-run")
    with pytest.raises(CommandError, match="Aucune convention"):
        run(REAL, "--agreement", "NULLE")
    assert not Dwelling.objects.exists()
