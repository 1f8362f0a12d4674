import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, Edit, State, Status
from annotator.core.errors import EditRefused
from annotator.core.marks import Mark, Rejection, Span
from tests.core.values import marks

PERSON = Span(0, 3, "entities", "PERSON")
ORG = Span(0, 3, "entities", "ORG")

any_mark = st.one_of(marks(40), marks(40).map(Rejection))
states = st.builds(State, st.sampled_from(Status), st.sampled_from(["", "why"]))


@given(st.frozensets(any_mark), st.frozensets(any_mark), states, st.none() | states, st.data())
def test_an_edit_and_its_inverse_change_nothing(
    present: frozenset[Mark], new: frozenset[Mark], state: State, after: State | None, data: st.DataObject
) -> None:
    annotation = Annotation("id", "ann", present, state)
    removed = frozenset(data.draw(st.lists(st.sampled_from(sorted(present, key=repr))))) if present else frozenset()
    edit = Edit("do", removed, new - (present - removed), None if after is None else (state, after))
    done = annotation.apply(edit)
    assert done.apply(edit.inverse()) == annotation
    assert edit.inverse().inverse() == edit
    assert done.apply(edit.inverse()).apply(edit) == done
    if edit.changes_nothing:
        assert done == annotation


@pytest.mark.parametrize(
    "edit",
    [
        Edit("remove what is not there", removed=frozenset([ORG])),
        Edit("add what is there", added=frozenset([PERSON])),
        Edit("remove one of two", removed=frozenset([PERSON, ORG])),
        Edit("from another state", state=(State(Status.DONE), State())),
        Edit("from another note", state=(State(note="x"), State())),
    ],
)
def test_an_edit_that_does_not_fit_is_refused_by_name(edit: Edit) -> None:
    annotation = Annotation("id", "ann", frozenset([PERSON]))
    with pytest.raises(EditRefused, match=f"“{edit.title}” does not fit"):
        annotation.apply(edit)
    assert annotation.marks == {PERSON}


def test_an_edit_may_put_back_a_mark_that_it_removes() -> None:
    annotation = Annotation("id", "ann", frozenset([PERSON]))
    edit = Edit("again", frozenset([PERSON]), frozenset([PERSON, ORG]))
    assert annotation.apply(edit).marks == {PERSON, ORG}
    assert annotation.apply(edit).apply(edit.inverse()) == annotation


def test_a_mark_and_the_rejection_of_it_are_two_marks() -> None:
    annotation = Annotation("id", "ann", frozenset([PERSON]))
    edit = Edit("reject", frozenset([PERSON]), frozenset([Rejection(PERSON)]))
    assert annotation.apply(edit).marks == {Rejection(PERSON)}


@pytest.mark.parametrize(
    ("edit", "nothing"),
    [
        (Edit("x"), True),
        (Edit("x", state=(State(), State())), True),
        (Edit("x", frozenset([PERSON]), frozenset([PERSON])), True),
        (Edit("x", added=frozenset([PERSON])), False),
        (Edit("x", state=(State(), State(note="n"))), False),
    ],
)
def test_an_edit_knows_when_it_changes_nothing(edit: Edit, nothing: bool) -> None:
    assert edit.changes_nothing is nothing
