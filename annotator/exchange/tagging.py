"""Spans as tags of tokens: IOB2 and BILOU written, IOB1, IOB2, IOBES and BILOU read."""

from collections.abc import Iterable, Iterator, Sequence

from annotator.core.document import Document
from annotator.core.marks import Mark
from annotator.core.words import tr
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing
from annotator.exchange.tokenizing import TokenIndex

OUTSIDE = "O"


def encode_tags(count: int, spans: Iterable[tuple[int, int, str]], scheme: str = "iob2") -> list[str]:
    """A tag for each token.

    Args:
        count: Tokens.
        spans: First token, last token (included) and label; no two share a token.
        scheme: `iob2` or `bilou`.
    """
    tags = [OUTSIDE] * count
    for first, last, label in spans:
        inside, end = "I", "L" if scheme == "bilou" else "I"
        tags[first : last + 1] = [f"{inside}-{label}"] * (last + 1 - first)
        tags[last] = f"{end}-{label}"
        tags[first] = f"U-{label}" if scheme == "bilou" and first == last else f"B-{label}"
    return tags


def decode_tags(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """First token, last token (included) and label of every span, whichever of the schemes the tags follow.

    A span opens at B, S and U, and at any other tag that does not go on from the one before; so `I-PER I-PER` is a
    span in IOB1 as in files that break IOB2.
    """
    first = 0
    label = ""
    for at, tag in enumerate([*tags, OUTSIDE]):
        kind, _, name = tag.partition("-")
        goes_on = kind in {"I", "E", "L"} and name == label
        if label and not goes_on:
            yield first, at - 1, label
            label = ""
        if name and not goes_on:
            first, label = at, name
        if label and kind in {"S", "U", "E", "L"}:
            yield first, at, label
            label = ""


def is_tag(text: str) -> bool:
    """Whether a text looks like a tag of one of the schemes."""
    return text == OUTSIDE or (len(text) > 2 and text[0] in "BILUSE" and text[1] == "-")


def token_spans_of(
    document: Document, marks: Iterable[Mark], index: TokenIndex, outgoing: Outgoing, names: LabelNames
) -> list[tuple[int, int, str]]:
    """The spans that share no token, as first token, last token (included) and flat label, in order.

    What overlaps a longer span, or begins or ends inside a token, is counted as lost; blanks at the ends of a span are
    counted as lost in part.
    """
    found: list[tuple[int, int, str]] = []
    text = document.text
    reached = -1
    for span in outgoing.spans_apart(document, marks):
        start, end = span.start, span.end
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        covered = index.exact(start, end)
        if covered is None or covered[0] <= reached:
            outgoing.lose(document, span, tr("It does not begin and end with a token."))
            continue
        if (start, end) != (span.start, span.end):
            outgoing.lose(document, span, tr("Blanks at its ends are not held."))
        reached = covered[1]
        found.append((*covered, names.write(span.layer, span.label)))
    return found
