from collections.abc import Callable, Iterable, Iterator, Sequence

import pytest

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.app.learning import finished_page, settings_for
from annotator.app.proposing import BATCH, ProposeReport, propose
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import Document, make_document
from annotator.core.errors import Cancelled, InputError
from annotator.core.marks import Boundary, Labelled, Span
from annotator.core.proposal import Proposal
from annotator.core.record import GOLD, Record, Work
from annotator.core.schema import Schema
from annotator.propose.table import make_proposers
from annotator.store.assignments import save_assignments
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from tests.app.desks import decided


class FirstWord:
    """Proposes the first word as a person and the start as an article."""

    def __init__(self, name: str = "first", version: str = "1", label: str = "PERSON") -> None:
        self.name = name
        self.version = version
        self.label = label
        self.seen: list[str] = []

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        for document in documents:
            self.seen.append(document.id)
            end = document.text.find(" ")
            marks: list[Labelled] = [Span(0, end, "entities", self.label), Boundary(0, "articles", "article")]
            yield [Proposal(mark, 0.5, "", f"{self.name} {self.version}") for mark in marks]


@pytest.fixture
def corpus(open_desk: Callable[..., Desk]) -> Corpus:
    return open_desk().session.corpus


def proposed(corpus: Corpus, name: str) -> set[Labelled]:
    found = (item for id_ in (s.id for s in corpus.summaries("")) for item in corpus.proposals(id_))
    return {item.mark for item in found if item.proposer.split()[0] == name}


def add_pages(corpus: Corpus, n: int) -> None:
    corpus.add_records(Record(make_document(f"Page number {i} of many.")) for i in range(n))


def test_every_document_is_proposed_for_once(corpus: Corpus) -> None:
    proposer = FirstWord()
    assert propose(corpus, [proposer]) == [ProposeReport("first", 4, 8)]
    assert propose(corpus, [proposer]) == [ProposeReport("first", 0, 0)]
    assert len(proposer.seen) == 4


def test_only_documents_added_since_are_new(corpus: Corpus) -> None:
    propose(corpus, [FirstWord()])
    add_pages(corpus, 3)
    assert propose(corpus, [FirstWord()])[0].documents == 3


def test_another_version_proposes_anew_and_takes_the_place_of_the_old(corpus: Corpus) -> None:
    propose(corpus, [FirstWord()])
    propose(corpus, [FirstWord(version="2", label="ORG")])
    labels = {mark.label for mark in proposed(corpus, "first") if isinstance(mark, Span)}
    assert labels == {"ORG"}


def test_force_proposes_anew(corpus: Corpus) -> None:
    propose(corpus, [FirstWord()])
    (report,) = propose(corpus, [FirstWord(label="GPE")], force=True)
    assert report.documents == 4
    assert {mark.label for mark in proposed(corpus, "first") if isinstance(mark, Span)} == {"GPE"}


def test_proposers_run_one_after_the_other_and_do_not_touch_each_other(corpus: Corpus) -> None:
    before = proposed(corpus, "rules")
    reports = propose(corpus, [FirstWord("one"), FirstWord("two", label="ORG")])
    assert [report.proposer for report in reports] == ["one", "two"]
    assert proposed(corpus, "rules") == before
    assert proposed(corpus, "one") != proposed(corpus, "two")


def test_decided_marks_are_never_touched(desk: Desk) -> None:
    deeds.accept(desk)
    deeds.reject(desk)
    before = decided(desk), desk.page.annotation
    propose(desk.session.corpus, [FirstWord()], force=True)
    page = desk.session.open(desk.page.document.id)
    assert (decided(desk), page.annotation) == before
    assert Boundary(0, "articles", "article") not in page.pending
    assert check_corpus(desk.session.corpus) == []


def test_a_stopped_run_keeps_what_was_done_and_goes_on_from_there(corpus: Corpus) -> None:
    add_pages(corpus, 2 * BATCH)
    calls: list[tuple[str, int, int]] = []

    def stop_after_one_batch(name: str, done: int, total: int) -> None:
        calls.append((name, done, total))
        if done:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        propose(corpus, [FirstWord()], progress=stop_after_one_batch)
    total = 4 + 2 * BATCH
    assert calls == [("first", 0, total), ("first", BATCH, total)]
    assert len(corpus.to_propose("first", "1")) == total - BATCH

    again = FirstWord()
    calls.clear()
    (report,) = propose(corpus, [again], progress=lambda *call: calls.append(call))
    assert report.documents == len(again.seen) == total - BATCH
    assert calls == [("first", n, total - BATCH) for n in (0, BATCH, total - BATCH)]
    assert corpus.to_propose("first", "1") == []
    assert check_corpus(corpus) == []


def test_a_mark_that_does_not_fit_is_refused_and_its_batch_is_not_kept(corpus: Corpus) -> None:
    before = proposed(corpus, "first")
    with pytest.raises(InputError, match=r"first, page [0-9a-f]{12}: The layer “entities” has no label “WRONG”"):
        propose(corpus, [FirstWord(label="WRONG")])
    assert proposed(corpus, "first") == before == set()
    assert len(corpus.to_propose("first", "1")) == 4


def test_an_empty_corpus_is_done_at_once(tmp_path, corpus: Corpus) -> None:  # type: ignore[no-untyped-def]
    with Corpus.create(tmp_path / "empty.corpus", corpus.schema) as empty:
        assert propose(empty, [FirstWord()]) == [ProposeReport("first", 0, 0)]


# One layer at a time


def of_layer(corpus: Corpus, layer: str) -> set[Labelled]:
    return {mark for mark in proposed(corpus, "boundaries") if mark.layer == layer}


def boundaries(corpus: Corpus, *layers: str, force: bool = False) -> int:
    return propose(corpus, make_proposers(layers or ("articles", "blocks"), corpus.schema), force=force)[0].documents


def test_a_layer_can_be_proposed_after_another(corpus: Corpus) -> None:
    assert boundaries(corpus, "articles") == 4
    articles = of_layer(corpus, "articles")
    assert articles
    assert of_layer(corpus, "blocks") == set()
    assert boundaries(corpus, "blocks") == 4
    assert of_layer(corpus, "articles") == articles
    assert of_layer(corpus, "blocks")
    assert boundaries(corpus, "blocks") == 0


def test_force_for_a_layer_leaves_the_others_as_they_were(corpus: Corpus) -> None:
    assert boundaries(corpus) == 4
    before = of_layer(corpus, "articles"), of_layer(corpus, "blocks")
    assert boundaries(corpus, "blocks", force=True) == 4
    assert (of_layer(corpus, "articles"), of_layer(corpus, "blocks")) == before


def test_a_layer_of_a_document_that_was_proposed_for_as_a_whole_is_not_done_again(corpus: Corpus) -> None:
    assert boundaries(corpus) == 4
    assert boundaries(corpus, "articles") == 0


def test_proposing_one_layer_and_then_all_is_as_good_as_all(corpus: Corpus) -> None:
    boundaries(corpus, "articles")
    assert boundaries(corpus) == 4
    both = proposed(corpus, "boundaries")
    boundaries(corpus, force=True)
    assert proposed(corpus, "boundaries") == both
    assert {mark.layer for mark in both} == {"articles", "blocks"}
    assert check_corpus(corpus) == []


@pytest.mark.parametrize("force", [False, True])
def test_what_was_learned_is_not_proposed_where_somebody_has_finished(desk: Desk, force: bool) -> None:
    corpus = desk.session.corpus
    here = desk.page.document.id
    deeds.mark_done(desk)
    before = corpus.proposals(here)
    learned = FirstWord("learned")
    learned.is_learned = True  # type: ignore[attr-defined]
    assert propose(corpus, [learned], force=force) == [ProposeReport("learned", 3, 6)]
    assert here not in learned.seen
    assert corpus.proposals(here) == before
    assert propose(corpus, [FirstWord("shipped")], force=force) == [ProposeReport("shipped", 4, 8)]


def work(document: Document, annotator: str, *, done: bool) -> Work:
    marks = frozenset({Span(0, 4, "entities", "PERSON")})
    return Work(Annotation(document.id, annotator, marks, State(Status.DONE if done else Status.IN_PROGRESS)))


@pytest.mark.parametrize(
    ("works", "is_shared", "teaches"),
    [
        ([("ann", True)], False, True),
        ([("ann", True)], True, False),
        ([("ann", True), ("bob", False)], False, False),
        ([("ann", True), ("bob", True)], False, False),
        ([("ann", True), ("bob", True), (GOLD, False)], True, False),
        ([("ann", True), ("bob", True), (GOLD, True)], True, True),
        ([("ann", False)], False, False),
    ],
)
def test_a_page_of_several_annotators_teaches_nothing_before_its_gold_is_finished(
    works: list[tuple[str, bool]], is_shared: bool, teaches: bool
) -> None:
    document = make_document("Acme and Beta.")
    record = Record(document, tuple(work(document, name, done=done) for name, done in works))
    assert (finished_page(record, is_shared=is_shared) is not None) is teaches


def test_strings_come_from_pages_that_one_annotator_was_given(corpus: Corpus) -> None:
    pages = [make_document(f"Acme is number {n}.") for n in range(3)]
    corpus.add_records([Record(pages[0], (work(pages[0], "ann", done=True),)), Record(pages[1]), Record(pages[2])])
    assert strings(corpus) == {("Acme", "PERSON")}
    save_assignments(corpus.path, [(pages[0].id, "ann"), (pages[1].id, "ann")])
    assert strings(corpus)
    save_assignments(corpus.path, [(pages[0].id, "bob")])
    assert not strings(corpus)


def strings(corpus: Corpus) -> set[tuple[str, str]]:
    """What is taken as taught: strings with their labels."""
    counts = settings_for(corpus).strings
    assert counts is not None
    return {(" ".join(key), label) for key, labels in counts.labelled.items() for label in labels}
