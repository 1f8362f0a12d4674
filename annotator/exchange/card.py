"""The card of a data set: a README with the YAML front matter that the Hugging Face hub reads."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from annotator.core.annotation import Choice, choice_title
from annotator.core.marks import Rejection
from annotator.core.record import GOLD, Record
from annotator.core.schema import Schema
from annotator.core.words import tr, trn
from annotator.exchange.format import ExportReport
from annotator.exchange.selection import SelectionReport
from annotator.exchange.splits import SplitPlan, source_name

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


@dataclass(frozen=True)
class CardFacts:
    """What a card says that an export cannot know from the records."""

    title: str = ""
    description: str = ""
    languages: tuple[str, ...] = ()
    """Codes such as `en`."""
    licence: str = ""
    """The licence of the annotations, as the hub names it: `cc-by-4.0`."""
    chosen_how: str = ""
    """How the pages came into the corpus."""
    agreement: str = ""
    """Agreement between annotators with its intervals, as Markdown."""
    licences: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The licence of a source, for documents that state none themselves."""
    finished: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Annotators of the corpus, gold aside, and how many of its documents each has finished; the card numbers them."""
    decided: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))
    """How many marks of each proposer all annotators accepted and rejected; empty to count what is exported."""


def data_card(
    facts: CardFacts,
    schema: Schema,
    records: Iterable[Record],
    selected: SelectionReport,
    plan: SplitPlan | None,
    report: ExportReport,
    tags: Sequence[str] | None = None,
) -> str:
    """The card of an export as Markdown with YAML front matter.

    Annotators are named by number, gold as gold. Licences are taken from the meta of documents (`licence` or `license`)
    or, where that says nothing, from what is known of their source; they are counted by source.

    Args:
        facts: What the export does not know.
        schema: Layers, labels and their guideline.
        records: What was written.
        selected: How it was chosen.
        plan: How it was divided, if it was.
        report: What the format could not hold.
        tags: The class names of a Hugging Face data set; None for other formats.
    """
    count = _Count(facts)
    for record in records:
        count.add(record, plan)
    title = facts.title or schema.title or schema.name
    sections = [
        _front_matter(facts, title, count, plan, tags),
        f"# {title}\n",
        f"{facts.description}\n" if facts.description else "",
        _numbers(count, plan),
        _choice(facts, selected),
        _division(plan),
        _people(count, facts),
        _proposers(count, facts),
        _labels(schema),
        _sources(count),
        _losses(report),
        f"## {tr('Offsets')}\n\n{_about_offsets()}\n",
    ]
    return "\n".join(section for section in sections if section)


def _about_offsets() -> str:
    return tr("Offsets count Unicode code points, ends are exclusive. `manifest.json` holds the SHA-256 of every file.")


class _Count:
    """What the records of an export hold."""

    def __init__(self, facts: CardFacts) -> None:
        self._known = facts.licences
        self.documents = 0
        self.characters = 0
        self.labels: dict[str, Counter[tuple[str, str]]] = {}
        self.annotators: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.licences: Counter[tuple[str, str]] = Counter()

    def add(self, record: Record, plan: SplitPlan | None) -> None:
        document = record.document
        self.documents += 1
        self.characters += len(document.text)
        side = plan.sides.get(document.id, "") if plan else ""
        here = self.labels.setdefault(side, Counter())
        for work in record.works:
            self.annotators[work.annotation.annotator] += 1
            here.update((m.layer, m.label) for m in work.annotation.marks if not isinstance(m, Rejection))
            for mark, proposer in work.origins.items():
                (self.rejected if isinstance(mark, Rejection) else self.accepted)[proposer] += 1
        source = source_name(document.source)
        licence = document.meta.get("licence") or document.meta.get("license") or self._known.get(source)
        self.licences[source, licence or tr("not stated")] += 1


def _front_matter(
    facts: CardFacts, title: str, count: _Count, plan: SplitPlan | None, tags: Sequence[str] | None
) -> str:
    lines = ["---", f"pretty_name: {json.dumps(title, ensure_ascii=False)}"]
    if facts.languages:
        lines += ["language:", *(f"- {code}" for code in facts.languages)]
    if facts.licence:
        lines.append(f"license: {json.dumps(facts.licence, ensure_ascii=False)}")
    lines += ["task_categories:", "- token-classification", f"size_categories:\n- {_size(count.documents)}"]
    if tags is not None:
        lines += features_yaml(tags)
        lines += configs_yaml(["validation" if name == "dev" else name for name in side_names(plan)])
    return "\n".join([*lines, "---", ""])


def side_names(plan: SplitPlan | None) -> list[str]:
    """The sides of a plan in order; `train` alone without one."""
    return [name for name, _ in plan.options.sides] if plan else ["train"]


def configs_yaml(splits: Iterable[str]) -> list[str]:
    """The lines that tell the hub which file holds which split."""
    lines = ["configs:", "- config_name: default", "  data_files:"]
    for split in splits:
        lines += [f"  - split: {split}", f"    path: data/{split}-*.parquet"]
    return lines


def _head(*titles: str) -> list[str]:
    """The first two lines of a Markdown table."""
    return [f"| {' | '.join(titles)} |", "|" + " --- |" * len(titles)]


def _size(documents: int) -> str:
    for limit, name in ((1000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if documents < limit:
            return name
    return "n>1M"


def _numbers(count: _Count, plan: SplitPlan | None) -> str:
    sides = side_names(plan) if plan else [""]
    lines = [f"## {tr('What it holds')}\n"]
    documents = trn("{n} document", "{n} documents", count.documents)
    lines.append(f"{documents}, {trn('{n} character', '{n} characters', count.characters)}.")
    keys = sorted({key for labels in count.labels.values() for key in labels})
    if keys:
        lines += ["", *_head(tr("layer"), tr("label"), *(side or tr("marks") for side in sides))]
        for layer, label in keys:
            cells = " | ".join(str(count.labels.get(side, Counter())[layer, label]) for side in sides)
            lines.append(f"| {layer} | {label} | {cells} |")
    return "\n".join([*lines, ""])


def _choice(facts: CardFacts, selected: SelectionReport) -> str:
    lines = [f"## {tr('How the pages were chosen')}\n"]
    if facts.chosen_how:
        lines += [facts.chosen_how, ""]
    lines += [f"- {n} × {why}" for why, n in sorted(selected.chosen.items())]
    lines += [f"- {n} × {tr('left out')}: {why}" for why, n in sorted(selected.left_out.items())]
    lines += ["", tr("Annotators came to them:"), ""]
    lines += [f"- {n} × {choice_title(choice)}" for choice in Choice if (n := selected.choices[choice])]
    return "\n".join([*lines, ""])


def _division(plan: SplitPlan | None) -> str:
    if plan is None:
        return ""
    sides = ", ".join(f"{name} {share:.0%} ({plan.documents[name]})" for name, share in plan.options.sides)
    lines = [f"## {tr('How it was divided')}\n", f"{sides}; {tr('seed')} {plan.options.seed}."]
    together = sum(map(len, plan.groups))
    lines.append(
        tr(
            "{n} documents in {m} groups tell the same story or share a source and stand on one side together; "
            "{k} groups were moved so that no side lacks a label it should have.",
            n=together,
            m=len(plan.groups),
            k=len(plan.moves),
        )
    )
    return "\n".join([*lines, ""])


def _people(count: _Count, facts: CardFacts) -> str:
    lines = [f"## {tr('Annotators')}\n"]
    numbers = {name: n for n, name in enumerate(sorted({*count.annotators, *facts.finished} - {GOLD}), 1)}
    for name, documents in sorted(count.annotators.items()):
        shown = tr("gold, adjudicated") if name == GOLD else tr("annotator {n}", n=numbers[name])
        lines.append(f"- {shown}: {documents}")
    if facts.finished:
        lines += ["", tr("Documents of the corpus that each has finished:"), ""]
        lines += [f"- {tr('annotator {n}', n=numbers[name])}: {n}" for name, n in sorted(facts.finished.items())]
    if facts.agreement:
        lines += ["", f"### {tr('Agreement')}", "", facts.agreement]
    return "\n".join([*lines, ""])


def _proposers(count: _Count, facts: CardFacts) -> str:
    here = {name: (count.accepted[name], count.rejected[name]) for name in {*count.accepted, *count.rejected}}
    decided = facts.decided or here
    if not decided:
        return ""
    lines = [f"## {tr('Proposers')}\n"]
    if facts.decided:
        lines += [tr("What annotators decided on their proposals, in the whole corpus."), ""]
    lines += _head(tr("proposer"), tr("accepted"), tr("rejected"), tr("share accepted"))
    for name, (taken, refused) in sorted(decided.items()):
        lines.append(f"| {name} | {taken} | {refused} | {taken / (taken + refused):.0%} |")
    return "\n".join([*lines, ""])


def _labels(schema: Schema) -> str:
    lines = [f"## {tr('Schema')} {schema.name}, {tr('version {n}', n=schema.version)}\n"]
    for layer in schema.layers:
        lines += [f"### {layer.shown} (`{layer.name}`, {layer.kind.value})", ""]
        if layer.guideline.strip():
            lines += [layer.guideline.strip(), ""]
        for label in layer.labels:
            guideline = " ".join(label.guideline.split())
            lines.append(f"- `{label.name}` {guideline}".rstrip())
        lines.append("")
    return "\n".join(lines)


def _sources(count: _Count) -> str:
    lines = [f"## {tr('Sources and licences')}\n", *_head(tr("source"), tr("licence"), tr("documents"))]
    for (source, licence), documents in sorted(count.licences.items()):
        lines.append(f"| {source or tr('not stated')} | {licence} | {documents} |")
    return "\n".join([*lines, ""])


def _losses(report: ExportReport) -> str:
    if not report.losses:
        return ""
    lines = [f"## {tr('What the format does not hold')}\n"]
    lines += [f"- {n} × {reason}" for reason, n in sorted(report.losses.by_reason.items())]
    return "\n".join([*lines, ""])
