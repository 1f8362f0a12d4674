import pytest

from annotator.app.desk import Desk
from annotator.app.search import find_documents, places
from annotator.core.document import make_document
from annotator.core.errors import Cancelled
from annotator.core.record import Record
from tests.app.conftest import FIRST, FOURTH, SECOND


def texts(desk: Desk, words: str) -> set[str]:
    corpus = desk.session.corpus
    return {corpus.document(found).text for found in find_documents(corpus, words)}


def test_a_search_finds_the_documents_and_their_places(desk: Desk) -> None:
    assert texts(desk, "ann lee") == {FIRST, SECOND}
    assert texts(desk, '"one line"') == {FOURTH}
    assert texts(desk, "élan") == {FIRST}
    assert [FIRST[slice(*place)] for place in places(FIRST, "elan")] == ["e\u0301lan"]
    assert texts(desk, "nowhere") == set()


def test_what_is_imported_later_is_found(desk: Desk) -> None:
    assert texts(desk, "late") == set()
    desk.session.corpus.add_records([Record(make_document("A late page."))])
    assert texts(desk, "late") == {"A late page."}


def test_a_search_that_is_stopped_can_be_asked_again(desk: Desk) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        find_documents(desk.session.corpus, "ann", stop)
    assert texts(desk, "ann") == {FIRST, SECOND}


def test_hits_in_the_file_are_places_on_the_page_and_the_other_way_round(desk: Desk) -> None:
    for words in ("ann", "paris", "line", '"said no"', "she left", "won", "thing"):
        everything = [desk.session.corpus.document(item.id).text for item in desk.queue.items]
        shown = {text for text in everything if all(places(text, word) for word in [words] if word.strip())}
        assert texts(desk, words) <= shown
