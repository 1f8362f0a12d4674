"""Makes a tiny token-classification model and a tiny GLiNER model and lets the program propose with both.

python with_models.py CHECKOUT FOLDER

Prints what each proposed on the pages below: start, end, label, text and score of every span, page by page.
"""

import json
import sys
from pathlib import Path

WORDS = ["she", "was", "in", "paris", "new", "york", "and", "then", ".", "东", "京", "dr", "watson", "met", "😀"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LINE = "She was in Paris . Dr Watson was in New York and then Watson met Paris ."
PAGES = {
    "plain": LINE,
    "emoji": f"😀😀 {LINE}\n😀 She met Watson .",
    "cjk": f"东京 东京\n{LINE}",
    "long": "\n".join([LINE] * 40),
    "one line": " ".join([LINE] * 40),
    "empty": "",
}
LABELS = {"paris": "GPE", "new": "GPE", "york": "GPE", "watson": "PERSON"}


def tokenizer(folder: Path) -> object:
    """A BERT tokenizer of whole words."""
    from transformers import BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join([*SPECIAL, *WORDS]), encoding="utf-8")
    return BertTokenizerFast(vocab={word: at for at, word in enumerate([*SPECIAL, *WORDS])}, do_lower_case=True)


def bert_config(**more: object) -> object:
    """A BERT of one layer."""
    from transformers import BertConfig

    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    return BertConfig(vocab_size=len(SPECIAL) + len(WORDS), max_position_embeddings=512, **sizes, **more)


def make_token_classifier(folder: Path) -> None:
    """A model that knows the words of LABELS by heart."""
    import torch
    from transformers import BertForTokenClassification

    names = ["O", "B-GPE", "I-GPE", "B-PERSON", "I-PERSON"]
    torch.manual_seed(0)
    cut = tokenizer(folder)
    model = BertForTokenClassification(
        bert_config(id2label=dict(enumerate(names)), label2id={name: at for at, name in enumerate(names)})
    )
    ids = cut(LINE, return_tensors="pt")["input_ids"]
    words = cut.convert_ids_to_tokens(ids[0].tolist())
    truth = [
        names.index("O" if word not in LABELS else ("I-" if word == "york" else "B-") + LABELS[word]) for word in words
    ]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(80):
        optimizer.zero_grad()
        model(ids, labels=torch.tensor([truth])).loss.backward()
        optimizer.step()
    model.eval().save_pretrained(folder, safe_serialization=True)
    cut.save_pretrained(folder)


def make_gliner(folder: Path) -> None:
    """A GLiNER model that was trained on LINE alone, for the labels `person` and `country, city, state`."""
    import torch
    from gliner import GLiNER
    from gliner.config import GLiNERConfig

    torch.manual_seed(0)
    backbone = folder.with_name("backbone")
    tokenizer(backbone).save_pretrained(backbone)
    bert_config().save_pretrained(backbone)
    config = GLiNERConfig(
        model_name=str(backbone), hidden_size=32, max_width=4, dropout=0.0, max_neg_type_ratio=0, num_rnn_layers=0
    )
    model = GLiNER.from_config(config, backbone_from_pretrained=False)
    words = LINE.split()
    spans = [[at, at, "person"] for at, word in enumerate(words) if word == "Watson"]
    spans += [[at, at, "place"] for at, word in enumerate(words) if word == "Paris"]
    spans += [[at, at + 1, "place"] for at, word in enumerate(words) if word == "New"]
    collate = model._create_data_collator()
    # Both orders, or it learns which label stands first in the question, and not which it is.
    orders = (["person", "place"], ["place", "person"])
    batches = [collate([{"tokenized_text": words, "ner": spans}], entity_types=[order]) for order in orders]
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    for step in range(600):
        optimizer.zero_grad()
        model(**batches[step % 2]).loss.backward()
        optimizer.step()
    model.eval().save_pretrained(folder, safe_serialization=True)


def propose(proposer: object, schema: object) -> dict[str, list[object]]:
    """What a proposer proposes on every page."""
    from annotator.core.document import make_document

    documents = [make_document(text) for text in PAGES.values()]
    rows = {}
    for name, document, found in zip(PAGES, documents, proposer.propose(documents, schema), strict=True):
        rows[name] = [
            [p.mark.start, p.mark.end, p.mark.label, document.text[p.mark.start : p.mark.end], p.score] for p in found
        ]
    return rows


def main(checkout: str, folder: str) -> None:
    """Make both models and propose with them."""
    sys.path.insert(0, checkout)
    from annotator.core.schema import Label, Layer, LayerKind, Schema
    from annotator.propose.gliner import GlinerProposer
    from annotator.propose.hugging_face import TokenClassificationProposer

    labels = (Label("PERSON", title="Person"), Label("GPE", title="Place"))
    schema = Schema("places", 1, (Layer("entities", LayerKind.SPANS, labels=labels),))
    place = Path(folder)
    make_token_classifier(place / "classifier")
    make_gliner(place / "gliner")
    print(
        json.dumps(
            {
                "classifier": propose(TokenClassificationProposer(place / "classifier"), schema),
                "gliner": propose(GlinerProposer(place / "gliner"), schema),
                "files": sorted(item.name for item in (place / "gliner").iterdir()),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
