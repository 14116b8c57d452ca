"""An applicant opens an account (注册). Staff accounts are made by the registry administrator, never here."""

import re
import unicodedata

from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from registry.models import Person
from workflows.services.errors import Refused, Unmet
from workflows.services.plain_text import plain

PHONE = re.compile(r"1[3-9][0-9]{9}")
LONGEST_NAME = 40
TRIES_PER_HOUR = 20
HOUR = 3600


class TooManyTries(Refused):
    """One address asks too often (429)."""

    code = "too_many"


def sign_up(*, name: str, phone: str, password: str, again: str, address: str) -> Person:
    """Open an account; the phone number is its name. ``address`` is where the request comes from, for the limit.

    Raises ``Unmet`` with ``fields``; ``TooManyTries`` after ``TRIES_PER_HOUR`` from one address.
    """
    _count(address)
    name = plain(name.strip(), field="name", longest=LONGEST_NAME)
    phone = unicodedata.normalize("NFKC", phone).replace(" ", "").replace("-", "")
    faults = {}
    if not 2 <= len(name) <= LONGEST_NAME:
        faults["name"] = "请填写姓名，与身份证一致。"
    if not PHONE.fullmatch(phone):
        faults["phone"] = "手机号应为11位，以1开头，请核对。"
    elif Person.objects.filter(username=phone).exists():
        faults["phone"] = "这个手机号已经注册，请直接登录。"
    person = Person(username=phone, name=name, phone=phone)
    try:
        validate_password(password, person)
    except ValidationError as error:
        faults["password"] = "".join(error.messages)
    if password != again:
        faults["again"] = "两次输入的密码不一样，请重新输入。"
    if faults:
        raise Unmet(f"有{len(faults)}处需要更正。", fields=faults)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:  # two clicks at once: the other one was first
        raise Unmet("有1处需要更正。", fields={"phone": "这个手机号已经注册，请直接登录。"}) from error
    return person


def _count(address: str) -> None:
    key = f"sign-up:{address}"
    cache.add(key, 0, HOUR)
    if cache.incr(key) > TRIES_PER_HOUR:
        raise TooManyTries("这台设备或网络注册的次数太多，请1小时后再试，也可以到窗口办理。")
