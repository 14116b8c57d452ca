"""The pages of a registry administrator (名录管理员): people and posts, bureaus, the working-day calendar."""

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry.clock import today
from registry.models import Bureau, CalendarDay, Membership, Person
from registry.selectors.calendar import working_calendar
from registry.selectors.officials import bureaus_kept_by, officials_kept_by
from registry.selectors.promised import promised_by_duty
from registry.services.calendar import NoticeError
from registry.services.people import PeopleError
from workflows.services import administration as acts
from workflows.views.access import seen_by
from workflows.views.administration_forms import (
    ContactForm,
    EndForm,
    FurtherPostForm,
    IssuerCodeForm,
    NoticeForm,
    OfficialForm,
    PromiseForm,
    duty_titles,
)
from workflows.views.outcomes import tells_refusals

SHOWN = 200
UNPROCESSABLE = 422


@seen_by("registrar")
def people(request: HttpRequest) -> HttpResponse:
    """Officials of the bureaus one looks after, with their posts of today."""
    query = request.GET.get("q", "").strip()
    found = list(officials_kept_by(_me(request), today(), query)[: SHOWN + 1])
    rows = [(person, [post for post in person.memberships.all() if _counts(post, today())]) for person in found[:SHOWN]]
    return render(request, "administration/people.html", {"rows": rows, "query": query, "more": len(found) > SHOWN})


@never_cache
@seen_by("registrar")
@tells_refusals
def official_new(request: HttpRequest) -> HttpResponse:
    """A new account with its first post; the password is shown once, on the answer."""
    bureaus = bureaus_kept_by(_me(request), today())
    form = OfficialForm(request.POST or None, bureaus=bureaus, initial={"valid_from": today()})
    if form.is_valid():
        try:
            person, password = acts.add_official(by=_me(request), on=today(), **form.cleaned_data)
        except PeopleError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "administration/password.html", {"person": person, "password": password, "is_new": True})
    return _form_page(request, "administration/official_new.html", form, {})


@seen_by("registrar")
@tells_refusals
def official(request: HttpRequest, pk: int) -> HttpResponse:
    """One official: account, posts, and a further post or substitution."""
    person = _official(request, pk)
    colleagues = officials_kept_by(_me(request), today()).exclude(pk=pk)
    bureaus = bureaus_kept_by(_me(request), today())
    form = FurtherPostForm(request.POST or None, bureaus=bureaus, people=colleagues, initial={"valid_from": today()})
    if form.is_valid():
        try:
            acts.give_post(by=_me(request), on=today(), person=person, **form.cleaned_data)
        except PeopleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已为{person}增加岗位")
            return redirect("administration:official", pk)
    posts = [(post, _counts(post, today())) for post in person.memberships.all()]
    context = {"person": person, "posts": posts, "is_me": person.pk == request.user.pk, "today": today()}
    return _form_page(request, "administration/official.html", form, context)


@seen_by("registrar")
@tells_refusals
def post_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the last day of a post and end it."""
    membership = get_object_or_404(
        Membership.objects.select_related("person", "bureau"), pk=pk, bureau__in=bureaus_kept_by(_me(request), today())
    )
    form = EndForm(request.POST or None, membership=membership, initial={"last_day": today()})
    if form.is_valid():
        try:
            acts.end_post(by=_me(request), on=today(), membership=membership, last_day=form.cleaned_data["last_day"])
        except PeopleError as error:
            form.add_error("last_day", str(error))
        else:
            messages.success(request, f"{membership.person}的岗位到{membership.valid_to}为止")
            return redirect("administration:official", membership.person_id)
    return _form_page(request, "administration/post_end.html", form, {"membership": membership})


@require_POST
@seen_by("registrar")
@tells_refusals
def account_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch an account off, or on again."""
    person = _official(request, pk)
    active = request.POST.get("active") == "1"
    acts.switch_account(by=_me(request), on=today(), person=person, active=active)
    messages.success(request, f"{person}的账号已{'启用' if active else '停用'}")
    return redirect("administration:official", pk)


@never_cache
@require_POST
@seen_by("registrar")
@tells_refusals
def password_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """A new password, shown once, on the answer."""
    person = _official(request, pk)
    password = acts.renew_password(by=_me(request), on=today(), person=person)
    return render(request, "administration/password.html", {"person": person, "password": password, "is_new": False})


@seen_by("registrar")
def bureaus(request: HttpRequest) -> HttpResponse:
    """The bureaus one looks after."""
    query = request.GET.get("q", "").strip()
    found = bureaus_kept_by(_me(request), today())
    for word in query.split():
        found = found.filter(name__icontains=word)
    return render(request, "administration/bureaus.html", {"bureaus": found, "query": query})


@seen_by("registrar")
@tells_refusals
def bureau(request: HttpRequest, pk: int) -> HttpResponse:
    """What notices print about a bureau, its issuer codes, its promised times. Each part is saved by itself."""
    row = get_object_or_404(bureaus_kept_by(_me(request), today()), pk=pk)
    part = request.POST.get("part", "") if request.method == "POST" else ""
    forms = {
        "contact": ContactForm(request.POST if part == "contact" else None, initial=_contact(row)),
        "code": IssuerCodeForm(request.POST if part == "code" else None, bureau=row),
        "promise": PromiseForm(request.POST if part == "promise" else None),
    }
    if part in forms and forms[part].is_valid():
        _save_part(request, row, part, forms[part].cleaned_data)
        messages.success(request, "已保存")
        return redirect("administration:bureau", pk)
    titles = duty_titles()
    promised = promised_by_duty(titles, row)
    own = {promise.duty: promise for promise in row.promises.all()}
    context = {
        "bureau": row,
        "formats": row.number_formats.order_by("pk"),
        "promises": [(title, promised.get(duty), own.get(duty)) for duty, title in titles.items()],
        "errors": _errors(forms[part]) if part in forms else [],
        **{f"{name}_form": form for name, form in forms.items()},
    }
    return render(request, "administration/bureau.html", context, status=UNPROCESSABLE if part else 200)


@seen_by("registrar")
@tells_refusals
def calendar(request: HttpRequest) -> HttpResponse:
    """The own working-day table by year, and the import of the yearly notice."""
    form = NoticeForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            imported = acts.take_notice(
                on=today(), by=_me(request), content=form.cleaned_data["file"].read(), source=form.cleaned_data["source"]
            )
        except NoticeError as error:
            form.add_error("file", str(error))
        else:
            _tell_imported(request, imported)
            return redirect("administration:calendar")
    year = today().year
    years = [(each, _estimated(each)) for each in range(year, year + 2)]
    days = [day for day in CalendarDay.objects.filter(date__year__gte=year) if day.is_workday != (day.date.weekday() < 5)]
    return _form_page(request, "administration/calendar.html", form, {"years": years, "days": days})


def _me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _official(request: HttpRequest, pk: int) -> Person:
    person = officials_kept_by(_me(request), today()).filter(pk=pk).first()
    if person is None:
        raise Http404("没有这个账号")
    return person


def _counts(post: Membership, on: date) -> bool:
    return post.valid_from <= on and (post.valid_to is None or post.valid_to >= on)


def _form_page(request: HttpRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=UNPROCESSABLE if form.errors else 200)


def _contact(row: Bureau) -> dict[str, str]:
    return {"section": row.section, "phone": row.phone, "address": row.address}


def _errors(form: Any) -> list[tuple[str, str]]:
    """(id of the control, words); the issuer codes have one control per kind of paper."""
    of_code = f"code-{form.data.get('number_format', '')}" if isinstance(form, IssuerCodeForm) else ""
    return [
        (of_code or form[name].id_for_label, f"{form[name].label}：{words}")
        for name in form.errors
        for words in form.errors[name]
    ]


def _save_part(request: HttpRequest, row: Bureau, part: str, entered: dict[str, Any]) -> None:
    if part == "contact":
        acts.set_contact(by=_me(request), on=today(), bureau=row, **entered)
    elif part == "code":
        acts.confirm_issuer_code(by=_me(request), on=today(), **entered)
    else:
        acts.promise(by=_me(request), on=today(), bureau=row, **entered)


def _estimated(year: int) -> bool:
    """Is ``year`` without a notice? Its last day stands for it: only a whole notice writes that one."""
    return working_calendar().is_workday(date(year, 12, 31))[1]


def _tell_imported(request: HttpRequest, imported: Any) -> None:
    messages.success(request, f"已写入{imported.listed}日。未办结的期限正在按新日历重新计算，结果记入各办件。")
    for year in imported.whole_years:
        messages.success(request, f"{year}年已完整，不再预估")
    for year, festivals in imported.partial_years.items():
        messages.warning(request, f"{year}年只写入所列日期：文件未列出{'、'.join(festivals)}")
