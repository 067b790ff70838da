from django.apps import AppConfig


class RentLedgerApp(AppConfig):
    name = "rent_ledger"
