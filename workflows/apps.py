from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = "办件"

    def ready(self) -> None:
        """Import every procedure module once: each registers itself in the catalogue. The tasks tell how to wake a worker."""
        flows = import_module("workflows.flows")
        for module in iter_modules(flows.__path__):
            import_module(f"workflows.flows.{module.name}")
        import_module("workflows.tasks")
