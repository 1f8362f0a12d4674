"""Imports files with doccano's own code into a Django project of its own, in memory; prints what doccano then holds.

python with_doccano.py FILE.jsonl FILE.iob2
"""

import json
import sys
import tempfile
from importlib.util import find_spec

from without_migrations import NoMigrations


def start(folder: str) -> None:
    """Set Django up with the applications that take part in an import."""
    import django
    from django.conf import settings

    found = find_spec("backend")
    assert found is not None
    assert found.submodule_search_locations
    sys.path.insert(0, found.submodule_search_locations[0])
    places = ("MEDIA_ROOT", "BASE_DIR", "DJANGO_DRF_FILEPOND_UPLOAD_TMP", "DJANGO_DRF_FILEPOND_FILE_STORE_PATH")
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "polymorphic",
            "django_drf_filepond",
            *("projects", "roles", "examples", "label_types", "labels", "data_import"),
        ],
        MIGRATION_MODULES=NoMigrations(),
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        ROLE_PROJECT_ADMIN="project_admin",
        ROLE_ANNOTATOR="annotator",
        ROLE_ANNOTATION_APPROVER="annotation_approver",
        **dict.fromkeys(places, folder),
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def take(path: str, name: str, *, overlap: bool, **how: str) -> dict[str, object]:
    """Import one file into a project of its own, as doccano's worker does."""
    from data_import.datasets import load_dataset
    from data_import.pipeline.catalog import create_file_format
    from data_import.pipeline.readers import FileName
    from django.contrib.auth import get_user_model
    from examples.models import Example
    from labels.models import Span
    from projects.models import ProjectType, SequenceLabelingProject
    from roles.models import Role

    for role in ("project_admin", "annotator", "annotation_approver"):
        Role.objects.get_or_create(name=role)
    user, _ = get_user_model().objects.get_or_create(username="reader")
    kind = ProjectType.SEQUENCE_LABELING
    project = SequenceLabelingProject.objects.create(
        name=path[-30:], description="", created_by=user, allow_overlapping=overlap, project_type=kind
    )
    dataset = load_dataset(kind, create_file_format(name), [FileName(path, "file", "file")], project, **how)
    dataset.save(user, batch_size=1000)
    pages = []
    for example in Example.objects.filter(project=project).order_by("id"):
        spans = Span.objects.filter(example=example).order_by("start_offset", "-end_offset", "label__text")
        found = [[span.start_offset, span.end_offset, span.label.text] for span in spans]
        pages.append({"text": example.text, "spans": found, "meta": example.meta})
    return {"errors": [error.dict() for error in dataset.errors], "pages": pages}


def main(lines: str, columns: str) -> None:
    """Import both files and print what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        how = {"encoding": "utf-8", "column_data": "text", "column_label": "label"}
        told = {
            "jsonl": take(lines, "JSONL", overlap=True, **how),
            "conll": take(columns, "CoNLL", overlap=False, encoding="utf-8", scheme="IOB2", delimiter=" "),
        }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
