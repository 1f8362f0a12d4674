"""Collects every text that goes through tr and trn, brings the catalogues up to date and compiles them.

Usage: python .ci/catalogue.py [--check]. With --check nothing is written, and the exit code is 1 when a catalogue lacks
a text, holds one that is gone, or was not compiled.
"""

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
DOMAIN = "annotator"
LANGUAGES = ("de",)

Message = str | tuple[str, str]


def messages_in(source: str) -> Iterator[Message]:
    """The literal texts given to tr and trn in a module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if node.func.id == "tr" and texts:
            yield texts[0]
        elif node.func.id == "trn" and len(texts) >= 2:
            yield (texts[0], texts[1])


def messages_of_tables() -> Iterator[Message]:
    """The texts of the written-out tables, which pass through tr where they are shown."""
    from annotator.app.commands import COMMANDS
    from annotator.exchange.formats import FORMATS

    for command in COMMANDS:
        yield command.title
        yield command.menu
    for item in FORMATS:
        yield from (text for text in (item.title, item.holds, item.loses) if text)


def all_messages() -> list[Message]:
    """Every text once, sorted."""
    found: set[Message] = set(messages_of_tables())
    for path in sorted((ROOT / "annotator").rglob("*.py")):
        found.update(messages_in(path.read_text(encoding="utf-8")))
    plurals = {message[0] for message in found if isinstance(message, tuple)}
    return sorted((message for message in found if message not in plurals), key=str)


def catalogue(language: str, template: Catalog) -> Catalog:
    """The catalogue of a language with just the texts of the template, translated where it was before."""
    path = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    known = read_po(path.open("rb"), locale=language) if path.is_file() else Catalog(locale=language)
    known.update(template, no_fuzzy_matching=True)
    known.obsolete.clear()
    return known


def main() -> int:
    """Bring the catalogues up to date, or check that they are."""
    template = Catalog(project=DOMAIN, creation_date=None)
    for message in all_messages():
        template.add(message)
    problems = 0
    for language in LANGUAGES:
        made = catalogue(language, template)
        missing = [message.id for message in made if message.id and not (message.string and all(_strings(message)))]
        for text in missing:
            print(f"{language}: not translated: {text!r}")
        problems += len(missing)
        folder = FOLDER / language / "LC_MESSAGES"
        po, mo = io.BytesIO(), io.BytesIO()
        made.creation_date = made.revision_date = None
        made.fuzzy, made.header_comment = False, "# The words of annotator."
        write_po(po, made, omit_header=False, width=110, sort_output=True)
        write_mo(mo, made)
        for name, body in ((f"{DOMAIN}.po", _without_dates(po.getvalue())), (f"{DOMAIN}.mo", mo.getvalue())):
            path = folder / name
            if "--check" in sys.argv:
                if not path.is_file() or (name.endswith(".po") and path.read_bytes() != body):
                    print(f"{path.relative_to(ROOT)} is not up to date")
                    problems += 1
            else:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
        print(f"{language}: {len(made)} texts, {len(missing)} not translated")
    return 1 if problems else 0


def _strings(message: object) -> tuple[str, ...]:
    string = message.string  # type: ignore[attr-defined]
    return string if isinstance(string, tuple) else (string,)


def _without_dates(po: bytes) -> bytes:
    keep = [line for line in po.split(b"\n") if b"-Date: " not in line and b"Generated-By" not in line]
    return b"\n".join(keep)


if __name__ == "__main__":
    raise SystemExit(main())
