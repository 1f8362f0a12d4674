"""The card of a data set: a README with the YAML front matter that the Hugging Face hub reads."""

import json
import re
from collections.abc import Sequence

_PLAIN = re.compile(r"[A-Z][A-Za-z_-]*")


def features_yaml(tags: Sequence[str]) -> list[str]:
    """The lines that tell the features of our rows of token classification, the class names among them."""
    lines = ["dataset_info:", "  features:"]
    lines += ["  - name: id", "    dtype: string", "  - name: tokens", "    sequence: string"]
    lines += ["  - name: ner_tags", "    sequence:", "      class_label:", "        names:"]
    lines += [f"          '{number}': {_quoted(tag)}" for number, tag in enumerate(tags)]
    lines += ["  - name: token_starts", "    sequence: int64", "  - name: text", "    dtype: string"]
    offsets = [("start", "int64"), ("end", "int64")]
    labelled = [("label", "string"), ("layer", "string")]
    for name, parts in (
        ("spans", [*offsets, *labelled, ("text", "string")]),
        ("segments", [*offsets, *labelled]),
        ("labels", labelled),
    ):
        lines += [f"  - name: {name}", "    list:"]
        for part, kind in parts:
            lines += [f"    - name: {part}", f"      dtype: {kind}"]
    for name in ("title", "source", "published", "annotator", "status", "meta"):
        lines += [f"  - name: {name}", "    dtype: string"]
    return lines


def _quoted(text: str) -> str:
    """A YAML scalar; JSON strings are YAML strings."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
