import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.app.settings import (
    MOST_RECENT,
    Settings,
    data_path,
    find_schema,
    load_settings,
    save_settings,
    settings_file,
    settings_from_json,
)
from annotator.core.errors import InputError, SchemaError

CHOSEN = Settings(
    annotator="Zoë",
    recent=("/somewhere/a.corpus", "/b\udce9.corpus"),
    theme="dark",
    zoom=130,
    language="de",
    keys={"accept": "Space", "quit": ""},
    daily_goal=40,
    minimum_score=0.25,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANNOTATOR_CONFIG", str(tmp_path / "config"))
    return tmp_path / "config"


def test_what_was_saved_is_loaded(folder: Path) -> None:
    assert load_settings() == Settings()
    save_settings(CHOSEN)
    assert load_settings() == CHOSEN
    assert [path.name for path in folder.iterdir()] == ["settings.json"]


def test_settings_lie_where_the_system_keeps_them(monkeypatch: pytest.MonkeyPatch, own_folders: Path) -> None:
    monkeypatch.delenv("ANNOTATOR_CONFIG")
    save_settings(CHOSEN)
    assert settings_file().is_relative_to(own_folders)
    assert load_settings() == CHOSEN


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'{"zoom": ', b"[" * 100_000, b'{"zoom": NaN}', b"7" * 5_000],
)
def test_a_broken_file_gives_the_defaults(folder: Path, content: bytes) -> None:
    folder.mkdir()
    settings_file().write_bytes(content)
    assert load_settings() == Settings()


def test_a_file_with_a_byte_order_mark_is_read(folder: Path) -> None:
    folder.mkdir()
    settings_file().write_text(json.dumps({"annotator": "Ann"}), encoding="utf-8-sig")
    assert load_settings().annotator == "Ann"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("annotator", 7),
        ("annotator", None),
        ("recent", "a.corpus"),
        ("recent", {"a": 1}),
        ("theme", ["dark"]),
        ("zoom", "130"),
        ("zoom", True),
        ("zoom", 130.0),
        ("zoom", 0),
        ("zoom", -100),
        ("zoom", 10**9),
        ("language", 3),
        ("keys", ["accept"]),
        ("keys", "accept"),
        ("daily_goal", -1),
        ("daily_goal", False),
        ("minimum_score", "0.5"),
        ("minimum_score", True),
        ("minimum_score", 1.5),
        ("minimum_score", float("nan")),
    ],
)
def test_a_value_of_the_wrong_kind_is_left_at_its_default_and_the_others_are_kept(name: str, value: object) -> None:
    other = "theme" if name == "annotator" else "annotator"
    found = settings_from_json({name: value, other: "kept", "unknown": 1})
    assert getattr(found, name) == getattr(Settings(), name)
    assert getattr(found, other) == "kept"


def test_what_is_right_in_a_list_or_table_is_kept() -> None:
    found = settings_from_json({"recent": ["a", 5, None, "b"], "keys": {"accept": "Space", "quit": None, "undo": 3}})
    assert found.recent == ("a", "b")
    assert found.keys == {"accept": "Space"}
    assert settings_from_json({"minimum_score": 1}).minimum_score == 1.0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(Settings.__dataclass_fields__, json_values)))
def test_any_json_gives_settings_of_the_right_types(data: dict[str, object]) -> None:
    found = settings_from_json(data)
    for name in Settings.__dataclass_fields__:
        assert type(getattr(found, name)) is type(getattr(Settings(), name))
    assert settings_from_json(json.loads(json.dumps(found.__dict__))) == found


def test_the_corpus_opened_last_comes_first_and_once(tmp_path: Path) -> None:
    settings = Settings()
    for n in range(MOST_RECENT + 5):
        settings = settings.with_recent(tmp_path / f"{n}.corpus")
    assert len(settings.recent) == MOST_RECENT
    again = settings.with_recent(tmp_path / "7.corpus")
    assert again.recent[0] == str(tmp_path / "7.corpus")
    assert sorted(again.recent) == sorted(settings.recent)


def test_settings_that_cannot_be_saved_are_said(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    with pytest.raises(InputError, match="the settings could not be saved"):
        save_settings(CHOSEN)
    assert load_settings() == Settings()


def test_settings_that_cannot_be_saved_leave_the_old_ones(folder: Path) -> None:
    save_settings(CHOSEN)
    (folder / "settings.part").mkdir()
    with pytest.raises(InputError, match="the settings could not be saved"):
        save_settings(replace(CHOSEN, zoom=90))
    assert load_settings() == CHOSEN


# Schemas and other files that come with the program


def test_shipped_schemas_are_found_by_name() -> None:
    assert find_schema("news").name == "news"
    assert find_schema("conll").name == "conll"


def test_a_schema_is_read_from_a_file_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    text = data_path("resources", "schemas", "conll.toml").read_text(encoding="utf-8")
    for encoding in ("utf-8", "utf-8-sig"):
        path = tmp_path / f"{encoding}.toml"
        path.write_text(text, encoding=encoding)
        assert find_schema(str(path)) == find_schema("conll")


def test_a_schema_that_cannot_be_read_is_said_with_the_shipped_ones(tmp_path: Path) -> None:
    for name in ("nope", str(tmp_path), "", "../news"):
        with pytest.raises(InputError, match=r"There is no schema .* shipped are conll, news"):
            find_schema(name)
    latin = tmp_path / "latin.toml"
    latin.write_bytes("name = 'é'".encode("latin-1"))
    with pytest.raises(InputError, match=r"is not UTF-8 text \(byte 8\)"):
        find_schema(str(latin))
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("name = 'x'\n")
    with pytest.raises(SchemaError, match=r"wrong\.toml"):
        find_schema(str(wrong))
    huge = tmp_path / "huge.toml"
    huge.write_text("#" * 1_000_001)
    with pytest.raises(SchemaError, match="at most 1000000 characters"):
        find_schema(str(huge))


@pytest.mark.parametrize("parts", [("resources", "themes", "light.toml"), ("corpora", "pages.jsonl"), ("seeds",)])
def test_what_comes_with_the_program_is_there(parts: tuple[str, ...]) -> None:
    assert data_path(*parts).exists()
