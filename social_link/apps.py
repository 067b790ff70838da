from django.apps import AppConfig


class SocialLinkApp(AppConfig):
    name = "social_link"
