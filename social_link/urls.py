from django.urls import URLPattern

app_name = "social_link"
urlpatterns: list[URLPattern] = []
