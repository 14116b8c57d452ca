"""The forms of the administration pages. Labels and errors are for the registry administrator."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.models import Bureau, Membership, NumberFormat, Person, Role
from registry.services.people import ALONE
from workflows import catalogue

MOST_PROMISED_DAYS = 365
LARGEST_NOTICE = 200_000  # bytes; a year is about 6,000


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "width-code"}, format="%Y-%m-%d")


def _text(label: Any, length: int, width: str = "width-text", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        widget=forms.TextInput(attrs={"class": width}),
        error_messages={"required": _("请填写")},
        **more,
    )


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), error_messages={"required": _("请填写")}, **more)


class PostForm(forms.Form):
    """A post for somebody who has an account."""

    bureau = forms.ModelChoiceField(
        Bureau.objects.none(),
        label=_("部门"),
        empty_label=_("请选择"),
        error_messages={"required": _("请选择")},
        widget=forms.Select(attrs={"class": "width-text"}),
    )
    role = forms.ChoiceField(
        label=_("岗位"),
        choices=[("", _("请选择")), *((role.value, role.label) for role in Role if role not in ALONE)],
        error_messages={"required": _("请选择")},
        widget=forms.Select(attrs={"class": "width-code"}),
    )
    valid_from = _day(_("开始日期"))

    def __init__(self, *args: Any, bureaus: QuerySet[Bureau], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bureau"].queryset = bureaus  # type: ignore[attr-defined]


class FurtherPostForm(PostForm):
    """A further post, or a substitution (授权代签) until a day."""

    valid_to = _day(_("结束日期"), required=False, help_text=_("长期任职不用填写；授权代签必须填写，当日仍有效"))
    acting_for = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("代谁签"),
        required=False,
        empty_label=_("不是代签"),
        help_text=_("只在授权代签时选择。被代签人须在该部门任同一岗位"),
        widget=forms.Select(attrs={"class": "width-code"}),
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["acting_for"].queryset = people  # type: ignore[attr-defined]


class OfficialForm(PostForm):
    """A new account and its first post."""

    name = _text(_("姓名"), 40, "width-code", help_text=_("与身份证一致，会印在文书上"))
    username = _text(_("登录账号"), 150, "width-code", help_text=_("字母、数字和 @ . + - _，例如 jixian-zhang"))
    phone = _text(_("手机号"), 20, "width-code", required=False)
    field_order = ("name", "username", "phone", "bureau", "role", "valid_from")


class EndForm(forms.Form):
    last_day = _day(_("最后一日"), help_text=_("当日仍有效"))

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membership = membership


class ContactForm(forms.Form):
    section = _text(_("承办股室"), 40, "width-code", required=False)
    phone = _text(_("咨询电话"), 40, "width-code", required=False)
    address = _text(_("办公地址"), 120, required=False)


class IssuerCodeForm(forms.Form):
    """The issuer code (发文机关代字) of one kind of paper of a bureau."""

    number_format = forms.ModelChoiceField(NumberFormat.objects.none(), label=_("文种"))
    issuer_code = _text(_("发文机关代字"), 20, "width-code")

    def __init__(self, *args: Any, bureau: Bureau, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number_format"].queryset = bureau.number_formats.order_by("pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        number_format, code = cleaned.get("number_format"), cleaned.get("issuer_code")
        other = NumberFormat.objects.filter(prefix=code).first() if code else None
        if other is not None and other != number_format:
            self.add_error("issuer_code", _("“%(code)s”已由%(bureau)s使用") % {"code": code, "bureau": other.bureau})
        return cleaned


class PromiseForm(forms.Form):
    """A bureau's own promised time."""

    duty = forms.ChoiceField(label=_("期限"), widget=forms.Select(attrs={"class": "width-text"}))
    days = forms.IntegerField(
        label=_("承诺天数"),
        min_value=1,
        max_value=MOST_PROMISED_DAYS,
        required=False,
        help_text=_("单位与法定期限相同；不填写则撤销本部门的承诺，改用全市的"),
        widget=forms.NumberInput(attrs={"class": "width-short"}),
    )
    source = _text(_("依据"), 200, required=False, help_text=_("公布承诺的文件或网页"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = list(duty_titles().items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("days") and not cleaned.get("source"):
            self.add_error("source", _("请写明公布承诺的文件或网页"))
        return cleaned


class NoticeForm(forms.Form):
    file = forms.FileField(
        label=_("放假通知（CSV）"),
        error_messages={"required": _("请选择文件")},
        help_text=_("每行写“日期,是否工作日”，例如：2027-02-05,否"),
    )
    source = _text(_("通知名称和文号"), 100)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_NOTICE:
            raise forms.ValidationError(_("文件太大，不像一份放假通知"))
        return file


def duty_titles() -> dict[str, str]:
    """``事项:期限`` → words, of every duty of every procedure; of two versions the later one's words."""
    return {
        f"{procedure.name}:{duty.code}": f"{procedure.title}：{duty.title}（{'法定' if duty.by_law else '现定'}{duty.allowed}）"
        for procedure in catalogue.all_procedures()
        for duty in procedure.duties
    }
