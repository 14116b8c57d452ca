"""manage.py release_definitions: write the definition of each procedure to docs/definitions, to be released with CHANGELOG."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from workflows.catalogue import all_procedures
from workflows.selectors.definitions import FOLDER, released_text


class Command(BaseCommand):
    help = "把各事项的定义写入 docs/definitions；随 CHANGELOG 发布，发布后不再改"

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.BASE_DIR / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for procedure in all_procedures():
            text = released_text(procedure)
            (folder / f"{procedure.code}.json").write_text(text, encoding="utf-8")
            self.stdout.write(f"{FOLDER}/{procedure.code}.json {json.loads(text)['digest'][:12]}")
