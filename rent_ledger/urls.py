from django.urls import URLPattern

app_name = "rent_ledger"
urlpatterns: list[URLPattern] = []
