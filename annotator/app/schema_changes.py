"""Changing the schema of a corpus: a draft to work on, what it does to the marks, and making it so."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Concatenate, ParamSpec

from annotator.app.commands import key_conflicts
from annotator.app.targets import write_file
from annotator.core import schema_edits
from annotator.core.errors import InputError, SchemaError
from annotator.core.schema import MAX_SCHEMA, Label, Layer, Schema, schema_from_toml
from annotator.core.schema_edits import LabelKey, SchemaChange
from annotator.core.schema_json import schema_from_json_text
from annotator.core.schema_toml import schema_to_toml
from annotator.core.words import tr, trn
from annotator.store.corpus import Corpus
from annotator.store.schema_changes import ChangeReport, LabelUse, label_uses

_P = ParamSpec("_P")
_UTF8_MOST = 4
"""Bytes of one character, at most."""

__all__ = ["ChangeReport", "LabelUse", "SchemaDraft", "apply_change", "describe_change", "describe_report",
           "read_schema_file", "use_in_words", "write_schema_file"]  # fmt: skip


class SchemaDraft:
    """A schema on its way to another, with what is known of its use. Nothing is stored before `apply_change`."""

    def __init__(self, corpus: Corpus, keys: Mapping[str, str] = MappingProxyType({})) -> None:
        """Start from the schema of a corpus.

        Args:
            corpus: The corpus.
            keys: The user's own keys, by the name of the command.
        """
        self._corpus = corpus
        self._keys = keys
        self._past: list[SchemaChange] = []
        self.path = corpus.path
        """The corpus file."""
        self.change = SchemaChange.start(corpus.reload_schema())
        self.uses = label_uses(corpus)

    def fresh(self) -> "SchemaDraft":
        """A new draft, from the schema as the corpus has it now."""
        return SchemaDraft(self._corpus, self._keys)

    @property
    def schema(self) -> Schema:
        """The schema as it would be."""
        return self.change.after

    def edit(self, deed: Callable[Concatenate[Schema, _P], Schema], *values: _P.args, **named: _P.kwargs) -> None:
        """Change the schema by a function of `core.schema_edits`.

        Raises:
            SchemaError: It refuses.
        """
        self._take(self.change.to(deed(self.schema, *values, **named)))

    def rename_layer(self, layer: str, name: str) -> None:
        """Rename a layer that the corpus does not have yet.

        Raises:
            SchemaError: The corpus has it, or the name does not fit.
        """
        if layer in self.change.before.by_name:
            raise SchemaError(tr("Marks hold the name of their layer; give “{layer}” another title.", layer=layer))
        self.edit(schema_edits.rename_layer, layer, name)

    def rename_label(self, layer: str, label: str, name: str) -> None:
        """Rename a label; its marks will follow.

        Raises:
            SchemaError: The name does not fit.
        """
        self._take(self.change.rename_label(layer, label, name))

    def remove_label(self, layer: str, label: str, to: str = "") -> None:
        """Remove a label; its marks will get the label `to`, or go where it is "".

        Raises:
            SchemaError: It cannot be removed.
        """
        self._take(self.change.remove_label(layer, label, to))

    def remove_layer(self, layer: str) -> None:
        """Remove a layer; its marks will go.

        Raises:
            SchemaError: It is the last.
        """
        self._take(self.change.remove_layer(layer))

    def replace(self, schema: Schema, fates: Mapping[LabelKey, str]) -> None:
        """Put another schema in the place of the draft; `fates` says what marks of labels that it lacks become."""
        self._take(self.change.replace(schema, fates))

    def _take(self, change: SchemaChange) -> None:
        self._past.append(self.change)
        self.change = change

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._past)

    def undo(self) -> None:
        """Take back the last step."""
        if self._past:
            self.change = self._past.pop()

    def use_of(self, layer: str, label: str) -> LabelUse:
        """Marks and proposals that would have this label of the draft."""
        return _together(self.uses, ((layer, name) for name in self.change.sources(layer, label)))

    def lacking(self, schema: Schema) -> list[LabelKey]:
        """Labels of the draft that are in use and that another schema does not have."""
        return [
            (layer.name, label.name)
            for layer in self.schema.layers
            for label in layer.labels
            if schema.find(layer.name, label.name) is None and not self.use_of(layer.name, label.name).unused
        ]

    def key_problems(self) -> list[str]:
        """Every key that would mean two things in one place, a sentence each."""
        return key_conflicts(self.schema, self._keys)

    def key_problem(self, layer: str, label: str, key: str) -> str:
        """Why a label cannot have this key beside the commands, as a sentence; "" when it can."""
        of = self.schema.by_name.get(layer)
        tried = Label(label, title=of.by_name[label].title if of else "", key=key)
        one = Schema(self.schema.name, 1, (Layer(layer, of.kind, labels=(tried,)),)) if of else self.schema
        known = set(key_conflicts(Schema(self.schema.name, 1, ()), self._keys))
        return next((problem for problem in key_conflicts(one, self._keys) if problem not in known), "")

    def summary(self) -> list[str]:
        """What the draft changes, a sentence each."""
        return describe_change(self.change, self.uses)


def apply_change(
    path: Path, change: SchemaChange, progress: Callable[[int, int | None], None] | None = None
) -> ChangeReport:
    """Make a change in a corpus file, all of it or nothing, through a connection of its own.

    Raises:
        SchemaError: It does not fit the corpus.
        Cancelled: `progress` said so; the file is as it was.
    """
    with Corpus.open(path) as corpus:
        return corpus.change_schema(change, progress)


def read_schema_file(path: Path) -> Schema:
    """The schema in a TOML file, or in a JSON file where the name ends in `.json`.

    Raises:
        InputError: The file cannot be read, or has mistakes: names the line and the reason.
    """
    try:
        if path.stat().st_size > MAX_SCHEMA * _UTF8_MOST:
            raise SchemaError(tr("{where}: a schema file has at most {n} characters.", where=path, n=MAX_SCHEMA))
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(tr("{path} is not UTF-8 text (byte {n}).", path=path, n=error.start)) from None
    except OSError as error:
        raise InputError(
            tr("{path}: the schema could not be read ({error}).", path=path, error=error.strerror or error)
        ) from None
    return (schema_from_json_text if path.suffix.lower() == ".json" else schema_from_toml)(text, str(path))


def write_schema_file(path: Path, schema: Schema) -> None:
    """Write a schema as TOML.

    Raises:
        InputError: The file cannot be written; one that was there before is kept.
    """
    write_file(path, schema_to_toml(schema))


# In words


def use_in_words(use: LabelUse) -> str:
    """How often a label is used by all annotators together, in a few words; "" where it is not."""
    parts = []
    if use.total:
        marks = trn("{n} mark", "{n} marks", use.total)
        pages = trn("{n} page", "{n} pages", use.pages)
        parts.append(tr("{marks} on {pages}", marks=marks, pages=pages) if use.pages else marks)
    if rejections := sum(use.rejections.values()):
        parts.append(trn("{n} rejection", "{n} rejections", rejections))
    if use.proposals:
        parts.append(trn("{n} proposal", "{n} proposals", use.proposals))
    return ", ".join(parts)


def describe_change(change: SchemaChange, uses: Mapping[LabelKey, LabelUse]) -> list[str]:
    """What a change does to the schema and to the marks of the corpus, a sentence each."""
    found = [*_moved(change, uses), *_layers_come_and_gone(change)]
    for layer in change.after.layers:
        before = change.before.by_name.get(layer.name)
        if before is not None:
            found += _layer_changes(change, before, layer)
    names = [[layer.name for layer in schema.layers] for schema in (change.before, change.after)]
    if Counter(names[0]) == Counter(names[1]) and names[0] != names[1]:
        found.append(tr("The layers are in another order."))
    if (change.before.name, change.before.title) != (change.after.name, change.after.title):
        found.append(tr("The schema is called “{name}”.", name=change.after.title or change.after.name))
    return found


def _moved(change: SchemaChange, uses: Mapping[LabelKey, LabelUse]) -> Iterator[str]:
    for (layer, label), to in change.moves.items():
        words = use_in_words(uses.get((layer, label), LabelUse()))
        if to:
            sentence = tr("“{label}” becomes “{other}”", label=label, other=to)
            yield tr("{sentence}: {use}.", sentence=sentence, use=words) if words else f"{sentence}."
        elif words:
            yield tr("“{label}” is removed, and with it {use}.", label=label, use=words)
        else:
            yield tr("“{label}” is removed; nothing uses it.", label=label)


def _layers_come_and_gone(change: SchemaChange) -> Iterator[str]:
    for layer in change.before.layers:
        if layer.name not in change.after.by_name:
            yield tr("The layer “{layer}” is removed.", layer=layer.shown)
    for layer in change.after.layers:
        if layer.name not in change.before.by_name:
            labels = ", ".join(label.name for label in layer.labels)
            yield tr("The layer “{layer}” is new, with {labels}.", layer=layer.shown, labels=labels)


def _layer_changes(change: SchemaChange, before: Layer, after: Layer) -> Iterator[str]:
    kept = []
    for label in after.labels:
        sources = change.sources(after.name, label.name)
        if not sources:
            yield tr("“{label}” is new in “{layer}”.", label=label.name, layer=after.shown)
            continue
        source = label.name if label.name in sources else sources[0]
        kept.append(source)
        if parts := _label_changes(before.by_name[source], label):
            yield tr("“{label}”: {parts} changed.", label=label.name, parts=", ".join(parts))
    for label in before.labels:
        if change.target(before.name, label.name) not in {"", *after.by_name}:
            yield tr("“{label}” is removed; nothing uses it.", label=label.name)
    if kept != [label.name for label in before.labels if label.name in kept]:
        yield tr("The labels of “{layer}” are in another order.", layer=after.shown)
    parts = [
        word
        for word, changed in (
            (tr("title"), before.title != after.title),
            (tr("guideline"), before.guideline != after.guideline),
            (tr("kind"), before.kind != after.kind),
            (tr("mapping"), dict(before.mapping) != dict(after.mapping)),
        )
        if changed
    ]
    if parts:
        yield tr("The layer “{layer}”: {parts} changed.", layer=after.shown, parts=", ".join(parts))
    if before.overlap != after.overlap:
        may = tr("may overlap now") if after.overlap else tr("may not overlap any more")
        yield tr("Spans of “{layer}” {may}.", layer=after.shown, may=may)


def _label_changes(before: Label, after: Label) -> list[str]:
    return [
        word
        for word, changed in (
            (tr("title"), before.title != after.title),
            (tr("colour"), before.colour != after.colour),
            (tr("key"), before.key != after.key),
            (tr("code"), before.code != after.code),
            (tr("guideline"), before.guideline != after.guideline),
        )
        if changed
    ]


def describe_report(report: ChangeReport) -> list[str]:
    """What a change did to the marks, a sentence each; empty when it touched none."""
    found = []
    for words, relabelled, removed in (
        (_marks, report.relabelled, report.removed),
        (_rejections, report.rejections_relabelled, report.rejections_removed),
        (_proposals, report.proposals_relabelled, report.proposals_removed),
    ):
        if relabelled:
            found.append(tr("{what} relabelled.", what=words(relabelled)))
        if removed:
            found.append(tr("{what} removed.", what=words(removed)))
    if changed := report.annotations + report.cleared:
        pages = trn("{n} annotated page", "{n} annotated pages", changed)
        found.append(tr("What was done before on {pages} can be read in the history, but not undone.", pages=pages))
    return found


def _marks(n: int) -> str:
    return trn("{n} mark", "{n} marks", n)


def _rejections(n: int) -> str:
    return trn("{n} rejection", "{n} rejections", n)


def _proposals(n: int) -> str:
    return trn("{n} proposal", "{n} proposals", n)


def _together(uses: Mapping[LabelKey, LabelUse], keys: Iterable[LabelKey]) -> LabelUse:
    """The use of several labels as one; on how many pages is not known of more than one."""
    found = [uses[key] for key in keys if key in uses]
    if len(found) == 1:
        return found[0]
    whole = LabelUse()
    for use in found:
        for name, n in use.marks.items():
            whole.marks[name] = whole.marks.get(name, 0) + n
        for name, n in use.rejections.items():
            whole.rejections[name] = whole.rejections.get(name, 0) + n
        whole.proposals += use.proposals
    return whole
