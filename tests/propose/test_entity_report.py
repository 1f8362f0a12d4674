"""The measure of entity proposals."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path

import pytest

from annotator.core.document import make_document
from annotator.core.errors import Cancelled, InputError
from annotator.propose.entity_report import (
    LabelledText,
    calibration_error,
    figures,
    keeps_articles,
    load_labelled,
    schema_of,
    score_entities,
)

TEXT = "Angela Merkel met Emmanuel Macron in the United States on Monday. Merkel left."


def labelled(text: str, *spans: tuple[str, str]) -> LabelledText:
    found = frozenset((text.index(string), text.index(string) + len(string), label) for string, label in spans)
    return LabelledText(make_document(text), found)


def test_a_hit_needs_both_edges_and_the_label() -> None:
    truth = frozenset({(0, 3, "A"), (5, 8, "A"), (9, 12, "B")})
    found = frozenset({(0, 3, "A"), (5, 7, "A"), (9, 12, "A"), (20, 22, "B")})
    got = figures([(truth, found)])
    assert (got.gold, got.proposed) == (3, 4)
    assert got.precision == pytest.approx(1 / 4)
    assert got.recall == pytest.approx(1 / 3)
    assert got.f1 == pytest.approx(2 / 7)


def test_calibration_error_is_the_mean_distance_of_score_and_share() -> None:
    assert calibration_error([(0.95, True)] * 19 + [(0.95, False)]) == pytest.approx(0.0)
    assert calibration_error([(0.9, False), (0.9, False), (0.1, False), (0.1, False)]) == pytest.approx(0.5)
    assert calibration_error([]) is None


def test_labels_are_folded_into_those_the_data_has() -> None:
    schema, folded, dropped = schema_of(["PER", "LOC", "ORG", "MISC"])
    layer = schema.by_name["entities"]
    assert layer.map_label("GPE") == "LOC"
    assert layer.map_label("PERSON") == "PER"
    assert layer.map_label("DATE") is None
    assert folded["NORP"] == "MISC"
    assert "ORG" not in folded
    assert "DATE" in dropped


def test_articles_are_kept_where_the_data_keeps_them() -> None:
    assert keeps_articles([labelled(TEXT, ("the United States", "GPE"))])
    assert not keeps_articles([labelled(TEXT, ("United States", "GPE"))])


def test_proposals_are_measured_beside_the_bare_pipeline() -> None:
    texts = [labelled(TEXT, ("Angela Merkel", "PER"), ("Emmanuel Macron", "PER"), ("United States", "LOC"))] * 3
    seen: list[tuple[int, int]] = []
    report = score_entities(texts, progress=lambda done, total: seen.append((done, total)))
    assert report.texts == 3
    assert report.total.recall == 1.0
    assert report.bare.recall == pytest.approx(2 / 3)
    assert report.articles is False
    assert report.by_label["LOC"].f1 == 1.0
    assert report.bare_by_label["LOC"].f1 == 0.0
    assert report.interval[0] <= report.total.f1 <= report.interval[1]
    assert report.gain[0] == pytest.approx(report.total.f1 - report.bare.f1)
    assert report.words_a_second > 0
    assert report.bare_words_a_second > 0
    assert report.processor_speed > 0
    assert seen == [(3, 3)]
    assert json.loads(json.dumps(report.to_json()))["total"]["gold"] == 9


def test_a_measurement_can_be_stopped() -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled(f"{done} of {total}")

    with pytest.raises(Cancelled):
        score_entities([labelled(TEXT, ("Merkel", "PER"))], progress=stop)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", r"line 2: needs `text` and `spans`"),
        ('{"text": 3, "spans": []}', r"line 2: needs `text` and `spans`"),
        ('{"text": "ab", "spans": [{"start": 0, "end": "1", "label": "A"}]}', r"line 2: needs"),
        ('{"text": "ab", "spans": [{"start": 0, "end": 3, "label": "A"}]}', r"line 2: the span from 0 to 3"),
        ('{"text": "a\\r\\nb", "spans": []}', r"line 2: the text has CR"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "ab", "spans": [{"start": 0, "end": 1, "label": "A"}]}\n' + line, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_labelled(path)


def test_data_without_spans_or_without_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    with pytest.raises(InputError, match=re.escape(os.strerror(errno.ENOENT))):
        load_labelled(path)
    path.write_text('{"text": "ab"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="nothing to score against"):
        load_labelled(path)
    path.write_bytes(b'{"text": "\xff"}')
    with pytest.raises(InputError, match="not UTF-8"):
        load_labelled(path)
