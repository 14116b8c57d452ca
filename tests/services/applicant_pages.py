"""How the tests of the applicant's pages sign in, find an address and fill in the first page."""

from typing import Any

from django.test import Client
from django.urls import reverse

from registry.models import Person

GOOD_NUMBER = "230502199003070017"
WRONG_NUMBER = "230502199003070018"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"applicant:{name}", args=args)


def institution(**changes: str) -> dict[str, str]:
    given = {
        "institution.name": "集贤县小橡果托育服务有限公司",
        "institution.uscc": "91230500MA0000001D",
        "institution.division": "230521",
        "institution.nature": "for_profit",
        "continue": "1",
    }
    return {**given, **{name.replace("__", "."): value for name, value in changes.items()}}
