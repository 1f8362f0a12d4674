import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
KINDS = {"body", "teaser", "headline", "byline", "photo", "boilerplate"}
PAGES = [json.loads(line) for line in (ROOT / "corpora" / "pages.jsonl").read_text(encoding="utf-8").splitlines()]


def seed_page() -> dict[str, Any]:
    gold: dict[str, Any] = json.loads((ROOT / "tests" / "data" / "seed_gold.json").read_text(encoding="utf-8"))
    contents = (ROOT / gold["page"]).read_bytes()
    assert hashlib.sha256(contents).hexdigest() == gold["sha256"]
    assert len(contents.decode()) == gold["length"]
    return gold | {"text": contents.decode()}


def test_the_seed_page_is_byte_for_byte_the_one_its_gold_was_made_on() -> None:
    assert len(seed_page()["boundaries"]) == 4


@pytest.mark.parametrize("page", [*PAGES, seed_page()], ids=lambda page: page.get("id", "seed"))
def test_gold_lies_on_the_text(page: dict[str, Any]) -> None:
    text, blocks = page["text"], page["blocks"]
    assert {block["kind"] for block in blocks} <= KINDS
    for part in [*blocks, *page["spans"]]:
        assert 0 <= part["start"] < part["end"] <= len(text)
        assert text[part["start"] : part["end"]].strip() == text[part["start"] : part["end"]]
    ends = [0, *(block["end"] for block in blocks)]
    starts = [*(block["start"] for block in blocks), len(text)]
    assert all(not text[end:start].strip() for end, start in zip(ends, starts, strict=True))
    assert page["boundaries"] == sorted(set(page["boundaries"]))
    assert set(page["boundaries"]) <= {block["start"] for block in blocks[1:]}


def test_sample_pages_can_be_imported_as_they_are() -> None:
    assert len({page["id"] for page in PAGES}) == len({page["text"] for page in PAGES}) == len(PAGES)
    for page in PAGES:
        assert "\r" not in page["text"]
        assert not page["text"].startswith("\ufeff")


def test_every_sample_page_names_its_source_and_licence() -> None:
    licences = (ROOT / "corpora" / "LICENCES.md").read_text(encoding="utf-8")
    for page in PAGES:
        assert page["source"]
        assert page["licence"].startswith("CC BY")
        assert f"| `{page['id']}` |" in licences
