"""重大项目 (major projects): the portfolio, its gates, money and reports.

The room is kept ready: the work on major projects fills it. It may import `workflows` and `registry`, never `config`.
"""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "重大项目"
