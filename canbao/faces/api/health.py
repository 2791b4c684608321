"""Whether the process lives, and whether it can work."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from canbao.faces.wiring import NotConfigured, sealer


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database reached, migrations applied, keys there."""
    problems = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            problems.append("migrations are missing")
    except DatabaseError as error:
        problems.append(f"database: {type(error).__name__}")
    try:
        sealer()
    except NotConfigured as error:
        problems.append(str(error))
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)
