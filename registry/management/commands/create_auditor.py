"""``manage.py create_auditor``: an auditor (审计员) of the city. Only here, on the server, like a registry administrator."""

from registry.management.commands import create_registrar
from registry.models import Role


class Command(create_registrar.Command):
    help = "建立审计员（在市卫生健康委名下）。密码在提示后输入，或取自环境变量 AUDITOR_PASSWORD"
    role = Role.AUDITOR
    password_variable = "AUDITOR_PASSWORD"
    next_step = "可登录后在“审计”中查看记录、校验审计链"
