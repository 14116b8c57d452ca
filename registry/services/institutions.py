"""Institutions and sites come on record when an application is submitted (regulation A3.7: each site by itself)."""

from datetime import date, datetime

from registry.models import Division, Institution, Site


class SiteElsewhereError(Exception):
    """The same institution has this address on record in another division. The message is Chinese."""


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

    What is on record already stays as it is: whoever knows a code may not rename the institution behind it; a change has
    its own procedure. Two submissions at once get the same site. Raises SiteElsewhereError.
    """
    institution, _ = Institution.objects.get_or_create(
        uscc=uscc.strip(),
        defaults={
            "name": name.strip(),
            "nature": nature,
            "registered_by": registered_by.strip(),
            "registered_on": registered_on,
            "created_at": at,
        },
    )
    address = " ".join(address.split())
    site, created = Site.objects.select_related("institution", "division").get_or_create(
        institution=institution, address=address, defaults={"division": division, "created_at": at}
    )
    if not created and site.division_id != division.pk:
        raise SiteElsewhereError(f"{institution.name}在“{address}”的场所已登记在{site.division}，请核对所在地")
    return site
