"""Token-classification models in a folder, with a tiny model that the test makes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.schema import schema_from_toml
from annotator.propose.gliner import GlinerProposer
from annotator.propose.hugging_face import TokenClassificationProposer

NEWS = schema_from_toml((Path(__file__).parents[2] / "resources" / "schemas" / "news.toml").read_text(encoding="utf-8"))


@pytest.fixture
def tiny_model(tmp_path: Path) -> Path:
    """A BERT of one layer that calls every token Paris a place: its last layer reads the embedding of that word."""
    torch = pytest.importorskip("torch", reason="torch is not installed; it is an optional extra")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed; it is an optional extra")
    transformers.utils.logging.disable_progress_bar()
    folder = tmp_path / "tiny"
    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "paris", "in", "she", "was", ".", "new", "york"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    tokenizer = transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), do_lower_case=True)
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=3,
        id2label={0: "O", 1: "B-GPE", 2: "I-GPE"},
        label2id={"O": 0, "B-GPE": 1, "I-GPE": 2},
    )
    torch.manual_seed(0)
    model = transformers.BertForTokenClassification(config).eval()
    ids = torch.tensor([[2, 7, 8, 6, 5, 9, 7, 8, 6, 5, 9, 3]])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    truth = torch.tensor([[0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]])
    for _ in range(60):
        optimizer.zero_grad()
        model(ids, labels=truth).loss.backward()
        optimizer.step()
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_model_in_a_folder_proposes_with_offsets_and_scores(tiny_model: Path) -> None:
    document = make_document("She was in Paris .\nShe was in Paris .")
    proposer = TokenClassificationProposer(tiny_model)
    (found,) = proposer.propose([document], NEWS)
    assert [(document.text[p.mark.start : p.mark.end], p.mark.label) for p in found] == [("Paris", "GPE")] * 2
    assert all(p.score is not None and 0.5 < p.score <= 1.0 for p in found)
    assert proposer.version == "tiny"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_folder_with_weights_that_are_no_safetensors_is_refused(tiny_model: Path) -> None:
    (tiny_model / "model.safetensors").rename(tiny_model / "pytorch_model.bin")
    with pytest.raises(InputError, match="cannot be loaded as a token-classification model"):
        list(TokenClassificationProposer(tiny_model).propose([make_document("Paris")], NEWS))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    for make in (TokenClassificationProposer, GlinerProposer):
        with pytest.raises(InputError, match="holds no model"):
            make(tmp_path)


def test_a_missing_package_is_named_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}), encoding="utf-8")
    for name in ("transformers", "gliner"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match="needs the packages torch and transformers"):
        list(TokenClassificationProposer(tmp_path).propose([make_document("Paris")], NEWS))
    with pytest.raises(InputError, match="needs the package gliner"):
        list(GlinerProposer(tmp_path).propose([make_document("Paris")], NEWS))
