from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotator.core.document import Document, make_document
from annotator.core.errors import Cancelled, CorpusError
from annotator.core.record import Record
from annotator.store import search as module
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from annotator.store.search import bring_up_to_date, places, search, terms_of

TEXTS = (
    "Žižek met Zürich folk.\nTakaichi's plan, 50% done, was new_born.",
    "The White House said no. A house that is white said yes.",
    "新しい東京タワー。Sony東京で発表。",
    "Ελλάδα and Россия and café.",
    "서울에서 만났다",
)


def add(corpus: Corpus, *texts: str) -> list[Document]:
    documents = [make_document(text) for text in texts]
    corpus.add_records(Record(document) for document in documents)
    return documents


@pytest.fixture
def pages(corpus: Corpus) -> list[Document]:
    found = add(corpus, *TEXTS)
    bring_up_to_date(corpus)
    return found


def found(corpus: Corpus, pages: list[Document], words: str) -> list[int]:
    ids = [page.id for page in pages]
    return sorted(ids.index(item.document_id) for item in search(corpus, words))


def has_index(corpus: Corpus) -> bool:
    return bool(corpus.query("SELECT 1 FROM sqlite_master WHERE name = 'search'"))


def is_sound(corpus: Corpus) -> bool:
    """Whether index and texts agree, as FTS5 itself checks it."""
    corpus.connection.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
    return check_corpus(corpus) == []


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("zurich", [0]),
        ("ZÜRICH", [0]),
        ("zizek folk", [0]),
        ("folk zizek", [0]),
        ("folk house", []),
        ("hou", [1]),
        ("ouse", []),
        ('"white house"', [1]),
        ('"house white"', []),
        ("white house", [1]),
        ('"met zurich" plan', [0]),
        ("Takaichi's", [0]),
        ("takaichi’s", [0]),
        ("50%", [0]),
        ("cafe\u0301", [3]),
        ("ελλάδα", [3]),
        ("россия", [3]),
        ("東京", [2]),
        ("タワー 東京", [2]),
        ("sony 東京", [2]),
        ("東京 folk", []),
        ("京東", []),
        ("서울", [4]),
        ("", []),
        ("   ", []),
        ('""', []),
    ],
)
def test_words_and_phrases_are_found(corpus: Corpus, pages: list[Document], words: str, wanted: list[int]) -> None:
    assert found(corpus, pages, words) == wanted


def test_signs_of_a_search_in_unspaced_script_mean_themselves(corpus: Corpus) -> None:
    pages = add(corpus, "東京で50%増", "東京で500増", "東京でa_b", "東京でaxb", "東京でa\\b")
    assert found(corpus, pages, "東京 50%") == [0]
    assert found(corpus, pages, "東京 a_b") == [2]
    assert found(corpus, pages, "東京 a\\b") == [4]


def test_the_index_is_built_on_first_use_and_brought_up_to_date_after(corpus: Corpus) -> None:
    pages = add(corpus, "First page.")
    assert not has_index(corpus)
    bring_up_to_date(corpus)
    assert found(corpus, pages, "first") == [0]
    pages += add(corpus, "First of another kind.")
    assert found(corpus, pages, "first") == [0]
    bring_up_to_date(corpus)
    assert found(corpus, pages, "first") == [0, 1]
    bring_up_to_date(corpus)
    assert is_sound(corpus)


def test_an_index_stopped_midway_goes_on_where_it_was(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    pages = add(corpus, *(f"Page {n}." for n in range(7)))
    told: list[tuple[int, int]] = []

    def stop_after_two(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 2:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        bring_up_to_date(corpus, stop_after_two)
    assert found(corpus, pages, "page") == [0, 1, 2, 3]
    bring_up_to_date(corpus, lambda done, total: told.append((done, total)))
    assert told == [(2, 7), (4, 7), (6, 7), (7, 7)]
    assert found(corpus, pages, "page") == list(range(7))
    assert is_sound(corpus)


def test_two_programs_that_index_at_once_index_every_text_once(
    corpus: Corpus, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    pages = add(corpus, *(f"Page {n}." for n in range(5)))
    with Corpus.open(path) as other:
        bring_up_to_date(corpus, lambda done, _: bring_up_to_date(other) if done == 2 else None)
    assert found(corpus, pages, "page") == list(range(5))
    assert is_sound(corpus)
    assert corpus.query("SELECT count(*) FROM search")[0][0] == 5


def test_an_empty_corpus_can_be_searched(corpus: Corpus) -> None:
    bring_up_to_date(corpus, lambda *_: pytest.fail("there is nothing to index"))
    assert search(corpus, "word") == []


def test_a_file_that_is_locked_is_said(corpus: Corpus, path: Path) -> None:
    add(corpus, "Page.")
    with Corpus.open(path) as other:
        other.connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(CorpusError):
            bring_up_to_date(corpus)
        other.connection.execute("ROLLBACK")
    bring_up_to_date(corpus)
    assert len(search(corpus, "page")) == 1


HOSTILE = (
    '"', '"""', '"a', 'a"', "a\0b", "\0", "\ud800", "a\udfffb", "AND", "OR NOT", "NEAR(", "NEAR(a, 5)", "*", "a*", "-a",
    "^a", "{a b}: c", "col:x", "(", ")(", "'", "';--", "%", "_", "\\", "...", "\u0301", "😀", "東" * 70_000,
    "a" * 70_000, " ".join(f"w{n}" for n in range(3000)), "東 " + " ".join(f"w{n}" for n in range(3000)), "\u2028",
)  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words)[:20])
def test_no_search_raises(corpus: Corpus, pages: list[Document], words: str) -> None:
    assert len(search(corpus, words)) <= len(pages)
    assert all(0 <= start < end <= len(TEXTS[0]) for start, end in places(TEXTS[0], words))


def test_any_text_can_be_searched_for(tmp_path: Path) -> None:
    from tests.core.values import EVERYTHING

    with Corpus.create(tmp_path / "any.corpus", EVERYTHING) as corpus:
        add(corpus, *TEXTS)
        bring_up_to_date(corpus)

        @given(st.text(st.characters() | st.sampled_from('" *()^:-東'), max_size=30))
        @example('"a b" "')
        def check(words: str) -> None:
            assert {item.document_id for item in search(corpus, words)} <= set(corpus_ids)

        corpus_ids = [make_document(text).id for text in TEXTS]
        check()


def test_terms_are_words_and_phrases_each_once() -> None:
    assert terms_of('a "b c" d a  "b c"') == ["a", "b c", "d"]
    assert terms_of('"" " "') == []
    assert len(terms_of(" ".join(map(str, range(1000))))) == 100


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ("Zürich and zurich", "ZURICH", ["Zürich", "zurich"]),
        ("Zu\u0308rich", "zürich", ["Zu\u0308rich"]),
        ("zurich", "zürich", ["zurich"]),
        ("Takaichi’s plan", "takaichi's", ["Takaichi’s"]),
        ("White\nHouse, white house, white, house", '"white house"', ["White\nHouse", "white house", "white, house"]),
        ("White House", "house white", ["White", "House"]),
        ("housing house", "hous", ["hous", "hous"]),
        ("warehouse", "house", []),
        ("new_born", "born", ["born"]),
        ("東京都の東京", "東京", ["東京", "東京"]),
        ("がか", "が", ["が"]),
        ("서울에서", "서울", ["서울"]),
        ("Ελλάδα", "ελλαδα", ["Ελλάδα"]),
        ("wait... what", "...", ["..."]),
        ("a a", "a a", ["a", "a"]),
        ("abc", "", []),
    ],
)
def test_places_are_what_the_index_would_find(text: str, words: str, wanted: list[str]) -> None:
    found = places(text, words)
    assert [text[start:end] for start, end in found] == wanted
    assert found == sorted(found)


@given(
    st.text(st.sampled_from("aàbB \u0301'.東か"), max_size=20), st.text(st.sampled_from("aàbB \u0301東か"), max_size=4)
)
def test_a_page_that_the_search_finds_shows_where(text: str, words: str) -> None:
    if places(text, words):
        assert terms_of(words)
    if words.strip() and words.strip().isalnum() and text.startswith(words.strip()):
        assert places(text, words)
