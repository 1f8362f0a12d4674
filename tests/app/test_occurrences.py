from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.app.occurrences import CONTEXT, Deed, Occurrence, Wanted, edit_for, occurrences, stretch_of
from annotator.app.settings import find_schema
from annotator.core.annotation import Annotation, Status
from annotator.core.document import make_document
from annotator.core.edits import add_span
from annotator.core.errors import EditRefused
from annotator.core.marks import Boundary, Labelled, Mark, Rejection, Span
from annotator.core.page import Page, make_page
from annotator.core.proposal import Proposal
from annotator.core.schema import Schema

NEWS = find_schema("news")
TEXT = "Ann met Annette.\nAnn Lee and ann left; Ann\n Lee stayed."


def page_of(
    text: str = TEXT, decided: Iterable[Mark] = (), pending: Iterable[Labelled] = (), schema: Schema = NEWS
) -> Page:
    document = make_document(text)
    proposals = [Proposal(mark, 0.5, "", "rules") for mark in pending]
    return make_page(document, schema, Annotation(document.id, "ann", frozenset(decided)), proposals)


def span(start: int, end: int, label: str = "PERSON") -> Span:
    return Span(start, end, "entities", label)


def find(page: Page, text: str, label: str = "PERSON", deed: Deed = Deed.LABEL, **how: bool) -> list[Occurrence]:
    return list(occurrences(page, Wanted(text, "entities", label, deed, **how)))


def starts(found: Iterable[Occurrence]) -> list[int]:
    return [item.start for item in found]


def overlapping() -> Schema:
    layers = [replace(layer, overlap=True) if layer.name == "entities" else layer for layer in NEWS.layers]
    return replace(NEWS, layers=tuple(layers))


def test_whole_words_and_case_are_kept_apart() -> None:
    page = page_of()
    assert starts(find(page, "Ann")) == [0, 17, 39]
    assert starts(find(page, "Ann", whole_words=False)) == [0, 8, 17, 39]
    assert starts(find(page, "Ann", match_case=False)) == [0, 17, 29, 39]
    assert starts(find(page, "Ann", whole_words=False, match_case=False)) == [0, 8, 17, 29, 39]


def test_blanks_in_the_string_stand_for_any_blanks() -> None:
    assert [item.found for item in find(page_of(), "Ann Lee")] == ["Ann Lee", "Ann\n Lee"]


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_is_no_string_to_look_for(text: str) -> None:
    assert find(page_of(), text) == find(page_of(), text, whole_words=False) == []


@pytest.mark.parametrize("text", ["C++", "(US)", "$5", "a.b", "[x]*", "\\d", "U.S."])
def test_signs_mean_themselves(text: str) -> None:
    page = page_of(f"so {text} and {text}, but no dddd or aab.")
    assert [item.found for item in find(page, text)] == [text, text]


def test_a_word_goes_on_through_a_combining_mark() -> None:
    page = page_of("cafe cafe\u0301 \u0301cafe")
    assert starts(find(page, "cafe")) == [0]
    assert starts(find(page_of("कि क"), "क")) == [3]


def test_scripts_without_blanks_have_no_words_to_be_whole() -> None:
    assert starts(find(page_of("昨日東京都は東京で"), "東京")) == [2, 6]
    assert starts(find(page_of("Sony東京 Sonya"), "Sony")) == []
    assert starts(find(page_of("في القاهرة، القاهرةX"), "القاهرة")) == [3]


def test_every_occurrence_shows_what_stands_around_it() -> None:
    page = page_of("x" * 50 + " Ann " + "y" * 50)
    (found,) = find(page, "Ann")
    assert (found.document_id, found.start, found.end, found.found) == (page.document.id, 51, 54, "Ann")
    assert (found.before, found.after) == ("x" * (CONTEXT - 1) + " ", " " + "y" * (CONTEXT - 1))


def test_what_is_labelled_so_already_is_not_listed() -> None:
    page = page_of(decided=[span(0, 3)])
    assert starts(find(page, "Ann")) == [17, 39]


def test_a_proposal_of_the_label_is_listed_and_accepted() -> None:
    page = page_of(pending=[span(17, 20)])
    found = find(page, "Ann")
    assert [item.present for item in found] == [None, span(17, 20), None]
    edit = edit_for(page, Wanted("Ann", "entities", "PERSON"), found)
    assert edit is not None
    assert edit.removed == frozenset()
    assert edit.added == {span(0, 3), span(17, 20), span(39, 42)}
    assert page.after(edit).pending == ()


@pytest.mark.parametrize("decided", [True, False])
def test_a_longer_mark_stands_in_the_way(decided: bool) -> None:
    longer = span(17, 24)
    page = page_of(decided=[longer] if decided else [], pending=[] if decided else [longer])
    assert [item.obstacle for item in find(page, "Ann")] == ["", "inside PERSON “Ann Lee”", ""]


def test_a_shorter_mark_inside_stands_in_the_way_too() -> None:
    page = page_of(decided=[span(21, 24, "ORG")])
    assert [bool(item.obstacle) for item in find(page, "Ann Lee")] == [True, False]


def test_a_decided_mark_with_another_label_stands_in_the_way_and_a_proposed_one_does_not() -> None:
    page = page_of(decided=[span(0, 3, "ORG")], pending=[span(17, 20, "ORG")])
    found = find(page, "Ann")
    assert [item.obstacle for item in found] == ["is ORG already", "", ""]
    edit = edit_for(page, Wanted("Ann", "entities", "PERSON"), found[1:2])
    assert edit is not None
    assert edit.added == {span(17, 20), Rejection(span(17, 20, "ORG"))}


def test_at_the_place_that_was_pointed_at_other_marks_make_way() -> None:
    page = page_of(decided=[span(17, 24, "ORG")])
    wanted = Wanted("Ann", "entities", "PERSON")
    found = list(occurrences(page, wanted, pointed=(17, 20)))
    assert [item.obstacle for item in found] == ["", "", ""]
    edit = edit_for(page, wanted, found)
    assert edit is not None
    assert page.after(edit).decided == (span(0, 3), span(17, 20), span(39, 42))


def test_where_the_layer_allows_overlap_nothing_stands_in_the_way() -> None:
    page = page_of(decided=[span(17, 24)], schema=overlapping())
    assert [item.obstacle for item in find(page, "Ann")] == ["", "", ""]


def test_only_the_scope_is_looked_through() -> None:
    page = page_of(pending=[Boundary(17, "articles", "teaser")])
    wanted = Wanted("Ann", "entities", "PERSON")
    assert stretch_of(page, 0, "articles") == (0, 17)
    assert stretch_of(page, 30, "articles") == (17, len(TEXT))
    assert stretch_of(page, len(TEXT), "articles") == (0, len(TEXT))
    assert starts(occurrences(page, wanted, (0, 17))) == [0]
    assert starts(occurrences(page, wanted, (17, len(TEXT)))) == [17, 39]
    assert starts(occurrences(page, wanted, (1, len(TEXT)))) == [17, 39], "what is cut by the edge is not inside"


def test_a_word_cut_by_the_edge_of_the_scope_is_no_whole_word() -> None:
    page = page_of("Annette and Ann")
    assert starts(occurrences(page, Wanted("Ann", "entities", "PERSON"), (0, 3))) == []


def test_relabel_changes_the_label_of_marks_and_leaves_bare_text_alone() -> None:
    page = page_of(decided=[span(0, 3, "ORG"), span(39, 42)], pending=[span(17, 20, "ORG")])
    wanted = Wanted("Ann", "entities", "PERSON", Deed.RELABEL)
    found = list(occurrences(page, wanted))
    assert [item.present for item in found] == [span(0, 3, "ORG"), span(17, 20, "ORG")]
    edit = edit_for(page, wanted, found)
    assert edit is not None
    after = page.after(edit)
    assert after.decided == (span(0, 3), span(17, 20), span(39, 42))
    assert after.is_rejected(span(17, 20, "ORG"))
    assert not after.is_rejected(span(0, 3, "ORG")), "nobody has proposed it"


def test_remove_takes_marks_of_the_label_away_and_rejects_proposals() -> None:
    page = page_of(decided=[span(0, 3), span(39, 42, "ORG")], pending=[span(17, 20), span(17, 20, "GPE")])
    wanted = Wanted("Ann", "entities", "PERSON", Deed.REMOVE)
    edit = edit_for(page, wanted, occurrences(page, wanted))
    assert edit is not None
    after = page.after(edit)
    assert after.decided == (span(39, 42, "ORG"),)
    assert after.pending == (span(17, 20, "GPE"),)
    assert after.is_rejected(span(17, 20))
    other = Wanted("Ann", "entities", "GPE", Deed.REMOVE)
    assert [item.present for item in occurrences(page, other)] == [span(17, 20, "GPE")], "the second of two proposals"


def test_no_occurrence_makes_no_edit() -> None:
    assert edit_for(page_of(), Wanted("Ann", "entities", "PERSON"), []) is None


def test_what_was_undone_can_be_labelled_again() -> None:
    page = page_of(decided=[Rejection(span(17, 20))], pending=[span(17, 20)])
    wanted = Wanted("Ann", "entities", "PERSON")
    edit = edit_for(page, wanted, occurrences(page, wanted))
    assert edit is not None
    assert edit.removed == {Rejection(span(17, 20))}


def test_a_page_that_has_changed_meanwhile_is_refused() -> None:
    page = page_of(decided=[span(0, 3, "ORG")])
    wanted = Wanted("Ann", "entities", "PERSON", Deed.RELABEL)
    found = list(occurrences(page, wanted))
    with pytest.raises(EditRefused, match="not on the page any more"):
        edit_for(page_of(), wanted, found)
    changed = page.after(add_span(page, 17, 20, "entities", "PERSON"))
    label = Wanted("Ann", "entities", "PERSON")
    with pytest.raises(EditRefused, match="there already"):
        edit_for(changed, label, find(page, "Ann"))


def test_the_title_of_the_edit_counts_and_names_the_string_shortly() -> None:
    page = page_of("long " * 30)
    wanted = Wanted("long " * 20, "entities", "PERSON")
    edit = edit_for(page, wanted, occurrences(page, wanted))
    assert edit is not None
    assert edit.title.startswith("Label 1 × “long long")
    assert len(edit.title) < 80


def test_the_page_counts_as_begun() -> None:
    page = page_of()
    edit = edit_for(page, Wanted("Ann", "entities", "PERSON"), find(page, "Ann"))
    assert edit is not None
    assert page.after(edit).annotation.state.status is Status.IN_PROGRESS


WORDS = st.lists(st.sampled_from(["Ann", "ann", "Lee", "Ann Lee", "x", "東京", "e\u0301", ".", "\n"]), max_size=12)
DEEDS = st.sampled_from(list(Deed))


@st.composite
def pages(draw: st.DrawFn) -> Page:
    text = " ".join(["Ann", *draw(WORDS)]).rstrip() + "."
    edges = draw(st.lists(st.integers(0, len(text)), unique=True, max_size=10).map(sorted))
    labels = st.sampled_from(["PERSON", "ORG"])
    spans = [span(a, b, draw(labels)) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    spans = [item for item in spans if NEWS.problem(item, text) is None]
    cut = draw(st.integers(0, len(spans)))
    proposed = [span(item.start, item.end, draw(labels)) for item in spans]
    return page_of(text, spans[:cut], [*proposed, *spans[cut:]])


@given(page=pages(), text=st.sampled_from(["Ann", "Ann Lee", "東", "e"]), deed=DEEDS, data=st.data())
def test_the_edit_can_always_be_made_and_its_inverse_is_the_page_before(
    page: Page, text: str, deed: Deed, data: st.DataObject
) -> None:
    how = {"whole_words": data.draw(st.booleans()), "match_case": data.draw(st.booleans())}
    wanted = Wanted(text, "entities", "PERSON", deed, **how)
    found = [item for item in occurrences(page, wanted) if not item.obstacle]
    chosen = [item for item in found if data.draw(st.booleans())]
    edit = edit_for(page, wanted, chosen)
    if edit is None:
        assert chosen == []
        return
    after = page.after(edit)
    for item in chosen:
        assert page.text[item.start : item.end] == item.found
        assert after.is_decided(span(item.start, item.end)) == (deed is not Deed.REMOVE)
    untouched = [mark for mark in page.decided if not any(mark == item.present for item in chosen)]
    assert set(untouched) <= set(after.decided), "nothing else is taken away"
    assert after.after(edit.inverse()) == page
    if deed is Deed.LABEL:
        left = [item.start for item in occurrences(after, wanted) if not item.obstacle]
        assert not {item.start for item in chosen} & set(left), "what is done is not offered again"
