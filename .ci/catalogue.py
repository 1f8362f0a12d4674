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


class Words(Catalog):
    """A catalogue whose header names the project and what gettext needs: no dates, people or tools."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """The lines of the header."""
        return [
            ("Project-Id-Version", DOMAIN),
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def messages_in(source: str) -> Iterator[Message]:
    """The texts given to tr and trn in a module: literals, and names to which the function around assigns literals.

    What a row of a table holds (`tr(command.title)`, a loop over rows) is left to `messages_of_tables`.

    Raises:
        ValueError: A text is given that cannot be read from the source.
    """
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        around = [function for function in functions if function.lineno <= node.lineno <= (function.end_lineno or 0)]
        if node.func.id == "tr":
            yield from _texts(node.args[0], around)
        elif node.func.id == "trn":
            singular, plural = (list(_texts(arg, around)) for arg in node.args[:2])
            yield from zip(singular, plural, strict=True)


def _texts(node: ast.expr, around: list[ast.FunctionDef]) -> Iterator[str]:
    """The texts an expression can stand for, none for a value of a table."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, around)
            yield from _texts(other, around)
        case ast.Attribute():
            return
        case ast.Name(id=name):
            values = [value for function in around for value in _assigned(function, name)]
            if not values and not any(_is_loop_variable(function, name) for function in around):
                raise ValueError(f"line {node.lineno}: it cannot be told which texts “{name}” stands for")
            for value in values:
                yield from _texts(value, around)
        case _:
            raise ValueError(f"line {node.lineno}: “{ast.unparse(node)}” is no text that can be collected")


def _assigned(function: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
            yield node.value


def _is_loop_variable(function: ast.FunctionDef, name: str) -> bool:
    loops = [node for node in ast.walk(function) if isinstance(node, ast.For | ast.comprehension)]
    return any(isinstance(part, ast.Name) and part.id == name for loop in loops for part in ast.walk(loop.target))


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
    """Every text once, sorted.

    Raises:
        ValueError: A text cannot be read from the source.
    """
    found: set[Message] = set(messages_of_tables())
    for path in sorted((ROOT / "annotator").rglob("*.py")):
        try:
            found.update(messages_in(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise ValueError(f"{path.relative_to(ROOT)}, {error}") from None
    plurals = {message[0] for message in found if isinstance(message, tuple)}
    return sorted((message for message in found if message not in plurals), key=str)


def catalogue_path(language: str, ending: str = "po") -> Path:
    """Where the catalogue of a language lies."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def catalogue(language: str, messages: list[Message]) -> Catalog:
    """The catalogue of a language with just these texts, translated where they were before."""
    path = catalogue_path(language)
    known = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.is_file() else Catalog(locale=language)
    made = Words(locale=language, project=DOMAIN, header_comment=f"# The words of {DOMAIN}.", fuzzy=False)
    for message in messages:
        before = known.get(message)
        fits = before is not None and isinstance(before.string, tuple) == isinstance(message, tuple)
        made.add(message, before.string if before is not None and fits else "")
    return made


def files_of(made: Catalog) -> dict[str, bytes]:
    """The catalogue as the files that hold it, by ending; the same for the same texts."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, made, width=110, sort_output=True)
    write_mo(mo, made)
    return {"po": po.getvalue(), "mo": mo.getvalue()}


def untranslated(made: Catalog) -> list[str]:
    """The texts without words of the language, or without one of its plural forms."""
    found = []
    for message in made:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(strings):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def problems_of(language: str) -> list[str]:
    """What is wrong with the catalogue of a language as it lies there, a sentence each.

    Raises:
        ValueError: A text cannot be read from the source.
    """
    made = catalogue(language, all_messages())
    found = [f"{language}: not translated: “{text}”" for text in untranslated(made)]
    for ending, body in files_of(made).items():
        path = catalogue_path(language, ending)
        if not path.is_file() or path.read_bytes() != body:
            found.append(f"{path.relative_to(ROOT)} is not up to date; run make translations")
    return found


def main() -> int:
    """Bring the catalogues up to date, or check that they are."""
    try:
        messages = all_messages()
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for language in LANGUAGES if "--check" not in sys.argv else ():
        for ending, body in files_of(catalogue(language, messages)).items():
            path = catalogue_path(language, ending)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    problems = [problem for language in LANGUAGES for problem in problems_of(language)]
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{len(messages)} texts, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
