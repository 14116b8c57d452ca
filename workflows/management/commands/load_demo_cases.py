"""`manage.py load_demo_cases`: invented cases at every stage, once, in a demonstration only."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workflows.services.demo import load_demo_cases


class Command(BaseCommand):
    help = "载入演示办件（仅演示环境；已有办件时不再载入）"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("本系统不是演示环境（DEMO=0），不载入演示办件")
        made = load_demo_cases()
        self.stdout.write(f"演示办件：{made}件" if made else "已有办件，没有再载入演示办件")
