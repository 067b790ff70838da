from django.apps import AppConfig


class StockApp(AppConfig):
    name = "stock"
