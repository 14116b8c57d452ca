"""Driving the staff pages through HTTP, for the tests of this folder."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from registry.models import Person
from tests.builders.journey import Journey

NUMBER = "230502199003070017"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"officer:{name}", args=args)


def words(response: Any) -> str:
    """What a person reads of a page, and of the messages on it."""
    text = re.sub(r"<script.*?</script>|<style.*?</style>", "", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))


def act(client: Client, journey: Journey, node: str, what: str, **more: Any) -> Any:
    post = {"task": journey.task(node), "act": what, **more}
    return client.post(at("case", journey.case_id), post, follow=True)


def verdicts(journey: Journey, node: str, **unmet: str) -> dict[str, str]:
    """Every line 符合, but for those named with a reason."""
    page = signed_in(journey.office.clerk if node == "receive" else journey.office.verifier).get(at("case", journey.case_id))
    keys = set(re.findall(r'name="verdict\.([\w.]+)"', page.content.decode()))
    found = {f"verdict.{key}": "unmet" if key in unmet else "met" for key in keys}
    return found | {f"reason.{key}": reason for key, reason in unmet.items()}
