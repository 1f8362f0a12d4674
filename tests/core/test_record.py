import pytest

from annotator.core.annotation import Annotation, Choice
from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.marks import Rejection, Span
from annotator.core.record import Record, Work, check_marks
from tests.core.values import EVERYTHING


def test_a_record_gives_the_work_of_an_annotator() -> None:
    document = make_document("Text")
    works = tuple(Work(Annotation(document.id, name)) for name in ("ann", "gold"))
    record = Record(document, works)
    assert record.work_of("gold") is works[1]
    assert record.work_of("bob") is None


def test_the_first_mark_that_does_not_fit_is_named_with_its_place() -> None:
    good, wrong = Span(0, 4, "entities", "ORG"), Span(0, 5, "entities", "ORG")
    check_marks([good, Rejection(good)], EVERYTHING, "Text", "page 1")
    with pytest.raises(InputError, match=r"^page 1: A span from 0 to 5"):
        check_marks([good, Rejection(wrong)], EVERYTHING, "Text", "page 1")


@pytest.mark.parametrize(
    ("choices", "wanted"),
    [
        ([], Choice.UNKNOWN),
        ([Choice.UNKNOWN, Choice.RANDOM], Choice.RANDOM),
        ([Choice.RANDOM, Choice.GAIN, Choice.ORDER], Choice.GAIN),
        ([Choice.RANDOM, Choice.HAND], Choice.HAND),
    ],
)
def test_a_page_that_one_annotator_picked_is_not_a_random_one(choices: list[Choice], wanted: Choice) -> None:
    document = make_document("Text")
    works = [Work(Annotation(document.id, f"a{n}"), choice=choice) for n, choice in enumerate(choices)]
    assert Record(document, tuple(works)).choice is wanted
