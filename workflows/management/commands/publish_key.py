"""Print the public keys as a JWK set: to publish them elsewhere, or to keep them as retired_keys.json."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from workflows.documents.keys import key_set


class Command(BaseCommand):
    help = "打印公布的签名公钥（JWK 集合，可离线核验文书）"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(key_set(), ensure_ascii=False, indent=2))
