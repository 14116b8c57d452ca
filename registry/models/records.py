"""What every legal record (备案、登记、消防结论……) shares: a protected django-fsm lifecycle and an honest refresh."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django_fsm import ConcurrentTransitionMixin, FSMFieldMixin


class LegalRecord(ConcurrentTransitionMixin, models.Model):
    """A record with a protected state field.

    ``refresh_from_db`` reads the row again without touching the class: the library's own version switches protection
    off for the whole process while it reads, and leaves it off when the row is gone.
    """

    class Meta:
        abstract = True

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Read this row's columns again. Raises ``DoesNotExist`` when it was deleted."""
        wanted = set(fields) if fields is not None else None
        read_again = [
            field for field in self._meta.concrete_fields if wanted is None or field.name in wanted or field.attname in wanted
        ]
        rows = from_queryset if from_queryset is not None else type(self)._base_manager.using(using or self._state.db)
        row = rows.filter(pk=self.pk).values(*(field.attname for field in read_again)).first()
        if row is None:
            raise self.DoesNotExist(f"{type(self).__name__} {self.pk}")
        self.__dict__.update(row)
        self._forget_cached(read_again, and_related=wanted is None)
        if any(isinstance(field, FSMFieldMixin) for field in read_again):
            # Only then: else a transition not yet saved would count as what the database holds.
            self._update_initial_state()

    def _forget_cached(self, fields: "Iterable[models.Field[Any, Any]]", *, and_related: bool) -> None:
        for field in fields:
            if isinstance(field, models.ForeignKey) and field.is_cached(self):
                field.delete_cached_value(self)
        if and_related:
            self.__dict__.pop("_prefetched_objects_cache", None)
            for relation in self._meta.related_objects:
                if relation.is_cached(self):
                    relation.delete_cached_value(self)
