"""The officers' list at 1,000 and at many cases: server time of the whole page and statements, each tab."""

import statistics
import time
from datetime import date

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.flows import ENGINE
from registry.models import Bureau, Membership, Person, Role
from workflows.selectors.inbox import Tab

SMALL = 1_000
REPEATS = 15
# One case, its process, its open task and the task's place in the lists, spread over bureaus, posts and days.
FILL = """
WITH process AS (
    INSERT INTO viewflow_process (flow_class, status, created, data, artifact_object_id, artifact_content_type_id)
    SELECT %(flow)s, 'NEW', now(), '{{}}', NULL, NULL FROM generate_series(1, %(rows)s) RETURNING id
), filled AS (
    INSERT INTO workflows_case ({case}) SELECT {case_values} FROM process p RETURNING id, process_id, bureau_id
), task AS (
    INSERT INTO viewflow_task (process_id, flow_task, flow_task_type, status, created, token, data, owner_permission)
    SELECT p.id, %(task)s, 'HUMAN', 'NEW', now(), 'start', '{{}}', NULL FROM process p RETURNING id, process_id
)
INSERT INTO workflows_taskroute (task_id, case_id, round, node, title, party, bureau_id, role, duty, due, due_legal,
    due_promised, due_estimated, mark, votes, open, opened_at, closing)
SELECT t.id, c.id, 1, 'receive', '收件', 'bureau', c.bureau_id, (ARRAY['clerk', 'verifier', 'head'])[1 + c.id %% 3],
    'receipt', date '2026-11-01' + (c.id %% 60)::int, date '2026-11-03' + (c.id %% 60)::int,
    date '2026-11-01' + (c.id %% 60)::int, false, '', true, true, now(), ''
FROM task t JOIN filled c ON c.process_id = t.process_id
"""
CASE = {
    "number": "'row-' || p.id", "procedure": "%(procedure)s", "process_id": "p.id", "state": "'submitted'",
    "mode": "'own'", "channel": "'online'", "created_by_id": "%(person)s",
    "bureau_id": "(%(bureaus)s::bigint[])[1 + p.id %% 8]", "title": "'集贤县第' || p.id || '托育服务有限公司'",
    "facts": "'{}'::jsonb", "round": "1", "version": "1", "outcome": "''", "created_at": "now()", "updated_at": "now()",
    "submitted_at": "now()", "audit_sequence": "0", "audit_head": "''",
}  # fmt: skip


def run(*, rows: int) -> None:
    """Print the table."""
    officer = _officer()
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    print("Inbox: the whole page by HTTP client, one officer with three posts in one of eight bureaus, 25 rows shown.")
    _fill(SMALL)
    small = {tab: _measure(client, tab) for tab in Tab}
    _fill(rows - SMALL)
    large = {tab: _measure(client, tab) for tab in Tab}
    print(f"  {'tab':10} {SMALL:>9,} cases: ms  SQL   {rows:>9,} cases: ms  SQL   time ratio")
    for tab in Tab:
        (few, few_sql), (many, many_sql) = small[tab], large[tab]
        print(f"  {tab.value:10} {few:19.1f} {few_sql:4}   {many:19.1f} {many_sql:4}   {many / few:8.2f}")


def _officer() -> Person:
    bureau = Bureau.objects.get(kind__code="health", division__code="230521")
    person = Person.objects.create(username="bench-officer", name="基准经办")
    for role in (Role.CLERK, Role.VERIFIER, Role.HEAD):
        Membership.objects.create(person=person, bureau=bureau, role=role, valid_from=date(2020, 1, 1))
    return person


def _fill(rows: int) -> None:
    bureaus = list(Bureau.objects.filter(kind__code="health").exclude(division__level="city").values_list("pk", flat=True))
    flow = ENGINE.flow
    with connection.cursor() as cursor:
        cursor.execute(
            FILL.format(case=", ".join(CASE), case_values=", ".join(CASE.values())),
            {
                "flow": str(flow), "task": f"{flow}.receive", "rows": rows, "procedure": ENGINE.code,
                "person": Person.objects.get(username="bench-officer").pk, "bureaus": bureaus,
            },
        )  # fmt: skip
    connection.close()


def _measure(client: Client, tab: Tab) -> tuple[float, int]:
    """Median milliseconds and statements of one page."""
    address = f"{reverse('officer:todo')}?tab={tab.value}"
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), len(captured)
