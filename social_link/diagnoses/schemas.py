"""What the API gives of the diagnoses: codes. Their words are a note, read on the site."""

from datetime import date

from ninja import Schema

from office.api_base import Ref
from social_link.diagnoses.codes import DiagnosisNeed, DiagnosisTheme, Standing


class DiagnosisLineShown(Schema):
    theme: DiagnosisTheme
    standing: Standing


class DiagnosisShown(Schema):
    """A version: where each theme stands, and what is needed."""

    id: int
    household: Ref
    on: date
    lines: list[DiagnosisLineShown]
    needs: list[DiagnosisNeed]
    author: Ref
