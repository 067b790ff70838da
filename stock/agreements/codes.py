"""Choices of the agreements."""

from common.codes import Code


class HeadAgreementKind(Code):
    """By what title the association holds or runs dwellings."""

    PROVISION = "PROVISION", "Mise à disposition"
    SERVICE_CONTRACT = "SERVICE", "Marché de prestations"
    HEAD_LEASE = "HEAD_LEASE", "Bail principal"
    MANDATE = "MANDATE", "Mandat de gestion"


class AgreementDuty(Code):
    """What an agreement asks of the rental managers."""

    END = "AGREEMENT_END", "Convention qui finit"
