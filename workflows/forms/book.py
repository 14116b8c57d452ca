"""Which procedure has which form. A form is found by its module: nothing is registered by hand."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from workflows import catalogue, forms
from workflows.forms.questions import ProcedureForm


class NoFormError(LookupError):
    """The procedure cannot be filled in online. The message is Chinese."""


def form_of(procedure: catalogue.Procedure) -> ProcedureForm:
    """The form of a procedure, the same for each of its versions. Raises NoFormError."""
    try:
        return _forms()[procedure.name]
    except KeyError:
        raise NoFormError(f"“{procedure.title}”还不能在网上填报，请到窗口办理。") from None


def fillable() -> tuple[catalogue.Procedure, ...]:
    """Every procedure that has a form, by code."""
    return tuple(procedure for procedure in catalogue.all_procedures() if procedure.name in _forms())


@cache
def _forms() -> dict[str, ProcedureForm]:
    modules = (import_module(f"{forms.__name__}.{module.name}") for module in iter_modules(forms.__path__))
    found = [module.FORM for module in modules if hasattr(module, "FORM")]
    return {form.procedure: form for form in found}
