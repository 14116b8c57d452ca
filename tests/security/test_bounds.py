"""What no form of ours sends is turned away before it is read."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.services.calendar import NoticeError, read_notice
from workflows.services.accounts import sign_up
from workflows.services.errors import Unmet


@pytest.mark.django_db
@pytest.mark.parametrize(("length", "status"), [(1024 * 1024, 200), (1024 * 1024 + 1, 400), (60_000_000, 400)])
def test_a_body_without_session_is_small(length: int, status: int) -> None:
    """The declared length decides; nothing of the body is read."""
    assert Client().get(reverse("sign_in"), CONTENT_LENGTH=str(length)).status_code == status


def test_a_cell_that_never_ends_is_said_in_words() -> None:
    with pytest.raises(NoticeError, match="有一格太长"):
        read_notice(b'2027-01-04,"' + b"x" * 200_000 + b'"')


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "phone", "field"), [("蒋\u202e演示", "13900000001", "name"), ("蒋演示", "1390000000१", "phone")]
)
def test_accounts_are_not_made_to_look_alike(name: str, phone: str, field: str) -> None:
    with pytest.raises(Unmet) as refused:
        sign_up(name=name, phone=phone, password="long-enough-2026", again="long-enough-2026", address="192.0.2.1")
    assert field in refused.value.fields
