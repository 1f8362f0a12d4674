"""Imports tasks through Label Studio's own interface for programs, in this process; prints what it then exports.

python with_label_studio_server.py FILE.json WORKING_FOLDER
"""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from without_migrations import NoMigrations


def start(folder: str) -> None:
    """Set Label Studio up with an empty database in `folder`."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
        "DJANGO_DB": "sqlite",
        "LABEL_STUDIO_BASE_DATA_DIR": folder,
        "LATEST_VERSION_CHECK": "false",
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "SECRET_KEY": "of a test",
    }
    found = find_spec("label_studio")
    assert found is not None
    assert found.submodule_search_locations
    sys.path.insert(0, found.submodule_search_locations[0])
    import django
    from django.conf import settings

    settings.MIGRATION_MODULES = NoMigrations()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def client() -> Any:
    """A client that is signed in."""
    from organizations.models import Organization
    from rest_framework.test import APIClient
    from users.models import User

    user = User.objects.create_user(email="reader@pages.example", password="of a test")
    user.active_organization = Organization.create_organization(created_by=user, title="readers")
    user.save()
    found = APIClient()
    found.force_authenticate(user)
    return found


def main(path: str, working: str) -> None:
    """Make a project with the interface beside the file, import the file, export it again."""
    start(working)
    asked = client()
    xml = Path(path).with_suffix(".xml").read_text("utf-8")
    project = asked.post("/api/projects/", {"title": "pages", "label_config": xml}, format="json").json()["id"]
    came = asked.post(f"/api/projects/{project}/import", json.loads(Path(path).read_text("utf-8")), format="json")
    went = asked.get(f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true")
    data = b"".join(went.streaming_content) if went.streaming else went.content
    Path(working, "exported.json").write_bytes(data)
    print(json.dumps({"status": came.status_code, "said": came.json()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
