from django.urls import URLPattern

app_name = "leases"
urlpatterns: list[URLPattern] = []
