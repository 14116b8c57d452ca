"""The house itself as a Django app: it wires what no room below may know."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

from config.celery import app
from config.grants import grant_runtime


class HouseConfig(AppConfig):
    name = "config"
    verbose_name = "系统"

    def ready(self) -> None:
        app.set_default()
        # post_migrate is sent once per app after all of them are migrated: one sender is enough.
        post_migrate.connect(grant_runtime, sender=apps.get_app_config("registry"))
