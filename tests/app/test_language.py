import importlib.util
import io
import re
import shutil
import string
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from annotator.app.commands import COMMANDS
from annotator.app.language import LANGUAGES, speak, system_language
from annotator.app.settings import data_path
from annotator.cli import main
from annotator.core.words import language, tr, trn

CATALOGUE = data_path("resources", "translations") / "de" / "LC_MESSAGES" / "annotator.po"
MESSAGES = [message for message in read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="de") if message.id]
PAIRS = [
    (source, translation)
    for message in MESSAGES
    for source, translation in (
        zip(message.id, message.string, strict=True)
        if isinstance(message.id, tuple)
        else [(message.id, message.string)]
    )
    if translation
]
"""Every text that is translated, with its translation."""
SAME_IN_GERMAN: frozenset[str] = frozenset()
"""Menus and titles of commands that read the same in both languages."""


@pytest.fixture
def german() -> Iterator[None]:
    speak("de")
    yield
    speak("en")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parent.parent.parent / ".ci" / "catalogue.py"
    spec = importlib.util.spec_from_file_location("catalogue", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copied(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The German catalogue in a folder of this test, where the program has just the texts that it holds."""
    shutil.copytree(script.FOLDER, tmp_path / "resources" / "translations")
    folder = tmp_path / "resources" / "translations"
    monkeypatch.setattr(script, "all_messages", lambda: [message.id for message in MESSAGES])
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "FOLDER", folder)
    assert stale(script) == []
    return folder / "de" / "LC_MESSAGES"


def stale(script: ModuleType) -> list[str]:
    return [problem.split(" ")[0] for problem in script.problems_of("de") if "not up to date" in problem]


def fields(text: str) -> list[tuple[str, str | None, str | None]]:
    return sorted(
        (name, form, conversion) for _, name, form, conversion in string.Formatter().parse(text) if name is not None
    )


# The catalogue


def test_the_german_catalogue_holds_every_text_and_nothing_else(script: ModuleType) -> None:
    assert script.problems_of("de") == []


def test_the_same_texts_make_the_same_files(script: ModuleType) -> None:
    messages = script.all_messages()
    assert script.files_of(script.catalogue("de", messages)) == script.files_of(script.catalogue("de", messages))


def test_a_text_that_is_gone_is_found(script: ModuleType, copied: Path) -> None:
    po = copied / "annotator.po"
    po.write_text(po.read_text("utf-8") + '\nmsgid "Gone long ago"\nmsgstr "Lange fort"\n', "utf-8")
    assert stale(script) == ["resources/translations/de/LC_MESSAGES/annotator.po"]


def test_a_text_that_is_new_is_found(script: ModuleType, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = [*script.all_messages(), "Never heard", ("{n} new word", "{n} new words")]
    monkeypatch.setattr(script, "all_messages", lambda: more)
    assert {"de: not translated: “Never heard”", "de: not translated: “{n} new word”"} <= set(script.problems_of("de"))


def test_a_text_that_has_a_plural_now_is_to_be_translated_anew(
    script: ModuleType, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = [("Language", "Languages") if message == "Language" else message for message in script.all_messages()]
    monkeypatch.setattr(script, "all_messages", lambda: more)
    assert "de: not translated: “Language”" in script.problems_of("de")


@pytest.mark.parametrize("change", [b"", b"broken"])
def test_a_catalogue_that_was_not_compiled_is_found(script: ModuleType, copied: Path, change: bytes) -> None:
    (copied / "annotator.mo").write_bytes(change)
    assert stale(script) == ["resources/translations/de/LC_MESSAGES/annotator.mo"]


def test_the_header_names_the_project_and_what_gettext_needs() -> None:
    header = CATALOGUE.read_text("utf-8").split("\n\n")[0]
    assert re.findall(r'^"([\w-]+): ', header, re.MULTILINE) == [
        "Project-Id-Version", "Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms",
    ]  # fmt: skip


def test_texts_are_collected_through_names_and_choices(script: ModuleType) -> None:
    source = """
def say(many, row):
    text = "a"
    tr(text, n=1)
    tr("b" if many else "c")
    tr("d" "e")
    trn("{n} f", "{n} g", many)
    for title in TABLE:
        tr(title)
    tr(row.title)
"""
    assert set(script.messages_in(source)) == {"a", "b", "c", "de", ("{n} f", "{n} g")}


@pytest.mark.parametrize("call", ['tr(f"{n} pages")', 'tr("a" + b)', "tr(given)", 'trn(given, "{n} pages", 2)'])
def test_a_text_that_cannot_be_collected_is_an_error(script: ModuleType, call: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        list(script.messages_in(f"def say(given):\n    {call}\n"))


# The translations


def test_every_translation_has_the_fields_of_its_source() -> None:
    assert [pair for pair in PAIRS if fields(pair[0]) != fields(pair[1])] == []


def test_every_translation_keeps_code_blanks_and_line_ends() -> None:
    def kept(text: str) -> tuple[object, ...]:
        code = sorted(re.findall(r"`[^`]*`", re.sub(r"--rename [^,`]+|--remove [^ ,`]+", "", text)))
        return code, text.count("\n"), text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    assert [pair for pair in PAIRS if kept(pair[0]) != kept(pair[1])] == []


def test_german_quotes_are_german() -> None:
    wrong = re.compile(r"”|“[^„]*“|„[^“]*(„|$)|\"")
    assert [translation for _, translation in PAIRS if wrong.search(translation)] == []


def test_what_has_a_letter_to_press_has_one_in_german() -> None:
    assert [pair for pair in PAIRS if pair[0].count("&") != pair[1].count("&")] == []


def test_what_asks_further_ends_so_in_german() -> None:
    assert [pair for pair in PAIRS if pair[0].endswith("…") != pair[1].endswith("…")] == []


def test_menus_and_commands_differ_between_the_languages(german: None) -> None:
    words = {command.menu for command in COMMANDS} | {command.title for command in COMMANDS}
    assert {text for text in words if tr(text) == text} == SAME_IN_GERMAN


def test_no_two_commands_have_the_same_title_in_german(german: None) -> None:
    titles = [(tr(command.menu), tr(command.title)) for command in COMMANDS]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 Seiten"), (1, "1 Seite"), (2, "2 Seiten"), (21, "21 Seiten"), (1000, "1000 Seiten")]
)
def test_german_plural_forms(german: None, n: int, said: str) -> None:
    assert trn("{n} page", "{n} pages", n) == said


# Which language is spoken


def test_german_is_spoken_and_left_again() -> None:
    try:
        assert speak("de") == "de"
        assert (tr("Quit"), language()) == ("Beenden", "de")
    finally:
        assert speak("en") == "en"
    assert (tr("Quit"), language()) == ("Quit", "en")


def test_every_language_there_is_can_be_spoken() -> None:
    for code in LANGUAGES:
        try:
            assert (speak(code), language()) == (code, code)
        finally:
            speak("en")


@pytest.mark.parametrize(
    ("system", "spoken"), [("de_AT.UTF-8", "de"), ("de:en", "de"), ("DE", "de"), ("fr_FR", "en"), ("C", "en")]
)
@pytest.mark.parametrize("asked", ["", "tlh"])
def test_without_a_known_language_that_of_the_system_is_spoken(
    asked: str, system: str, spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", system)
    assert system_language() == spoken
    try:
        assert (speak(asked), language()) == (spoken, spoken)
    finally:
        speak("en")


def test_a_text_without_a_translation_is_said_in_english(german: None) -> None:
    assert tr("{n} words nobody translated", n=3) == "3 words nobody translated"
    assert trn("{n} such word", "{n} such words", 2) == "2 such words"


def test_the_command_line_speaks_the_language_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    try:
        with pytest.raises(SystemExit):
            main(["info", str(tmp_path / "none.corpus")])
    finally:
        speak("en")
    assert "gibt es kein Korpus" in capsys.readouterr().err
