"""Institutions and sites come on record when an application is submitted (regulation A3.7: each site by itself).

Until a receipt was issued nothing of it binds anybody: a wrong or a hostile submission must not hold up the true one.
"""

from datetime import date, datetime

from django.db import transaction

from registry.models import Division, Filing, Institution, Site


class SiteElsewhereError(Exception):
    """This site was filed in another division. The message is Chinese."""


@transaction.atomic
def record_site(
    *,
    name: str,
    uscc: str,
    nature: str,
    registered_by: str,
    registered_on: date | None,
    division: Division,
    address: str,
    at: datetime,
) -> Site:
    """The site of the institution with this 统一社会信用代码, put on record when missing.

    What a receipt was issued for stays as it is: whoever knows a code may not rename the institution behind it; a change
    has its own procedure. What has no receipt yet follows the latest submission. Two submissions at once get the same
    site. Raises SiteElsewhereError.
    """
    described = {
        "name": name.strip(),
        "nature": nature,
        "registered_by": registered_by.strip(),
        "registered_on": registered_on,
    }
    institution, created = Institution.objects.get_or_create(uscc=uscc.strip(), defaults={**described, "created_at": at})
    if not created and not _ever_filed(site__institution=institution):
        Institution.objects.filter(pk=institution.pk).update(**described)
        institution.refresh_from_db()
    address = " ".join(address.split())
    site, created = Site.objects.select_related("institution", "division").get_or_create(
        institution=institution, address=address, defaults={"division": division, "created_at": at}
    )
    if not created and site.division_id != division.pk:
        if _ever_filed(site=site):
            raise SiteElsewhereError(f"“{address}”的场所已在{site.division}备案，请核对所在县（区）")
        site.division = division
        site.save(update_fields=["division"])
    return site


def _ever_filed(**which: object) -> bool:
    return Filing.objects.filter(number__isnull=False, **which).exists()
