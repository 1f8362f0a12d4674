"""Hands a file to GLiNER's data processing, as its trainer does; prints the spans that its labels then stand for.

python with_gliner.py FILE.jsonl
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace


def tiny_tokenizer(words: list[str]) -> object:
    """A tokenizer of whole words, as there is no network to fetch one that was learnt."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    known = {word: number for number, word in enumerate(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words]))}
    inner = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )


def main(path: str) -> None:
    """Collate the whole file as one batch and read its labels back."""
    from gliner.data_processing.collator import SpanDataCollator
    from gliner.data_processing.processor import UniEncoderSpanProcessor

    rows = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
    config = SimpleNamespace(  # what GLiNER takes where nothing is said
        words_splitter_type="whitespace",
        max_width=12,
        max_len=384,
        max_types=25,
        max_neg_type_ratio=0,
        ent_token="<<ENT>>",
        sep_token="<<SEP>>",
    )
    tokenizer = tiny_tokenizer([word for row in rows for word in row["tokenized_text"]])
    tokenizer.add_tokens([config.ent_token, config.sep_token])
    processor = UniEncoderSpanProcessor(config, tokenizer, None)
    batch = processor.collate_raw_batch(rows)
    inputs = processor.collate_fn(batch)
    found = []
    for number, row in enumerate(rows):
        spans = batch["span_idx"][number].tolist()
        classes = batch["id_to_classes"][number]
        hits = inputs["labels"][number].nonzero().tolist()
        found.append(
            sorted([*spans[at], classes[kind + 1]] for at, kind in hits if spans[at][1] < len(row["tokenized_text"]))
        )
    collated = SpanDataCollator(config, data_processor=processor, prepare_labels=True)(rows)
    print(json.dumps({"spans": found, "words": batch["tokens"], "inputs": sorted(map(str, collated))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
