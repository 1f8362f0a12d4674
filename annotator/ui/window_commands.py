"""The commands that only a window can do: they open dialogs and start jobs. Bound by name to the command table."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.app.language import LANGUAGES
from annotator.app.occurrences import Deed, Scope
from annotator.app.settings import Settings
from annotator.core.annotation import Status
from annotator.core.errors import EditRefused
from annotator.core.words import tr, trn
from annotator.ui import asking
from annotator.ui.jobs import Report
from annotator.ui.key_sheet import KeySheet
from annotator.ui.main_window import MainWindow
from annotator.ui.occurrences_dialog import OccurrencesDialog, wanted_at
from annotator.ui.palette import Palette
from annotator.ui.theme import NAMES

# Formats and proposers are imported when they are asked for, so that the window does not wait for them.
if TYPE_CHECKING:
    from annotator.app.transfer import ExportOutcome, Imported

ZOOMS = (60, 75, 90, 100, 115, 130, 150, 175, 200, 250, 300)


class Workplace(Protocol):
    """What the commands need of the place where the parts meet."""

    path: Path
    settings: Settings
    desk: Desk
    window: MainWindow

    def set_theme(self, name: str) -> None: ...
    def leave_for(self, path: Path | None, annotator: str) -> None: ...
    def open_corpus(self) -> Any: ...
    def search(self, words: str) -> None: ...


class WindowCommands:
    """Does what a command of the window says."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._scope = Scope.PAGE

    def table(self) -> dict[str, Callable[[], None]]:
        """What to call for each command, by name."""
        return {
            "new_corpus": self._welcome,
            "open_corpus": self._open_corpus,
            "welcome": self._welcome,
            "import_documents": self.import_documents,
            "export_corpus": self._export,
            "hand_out": self._hand_out,
            "merge_work": self._merge_work,
            "propose": self.propose,
            "train": self._train,
            "train_back": self._train_back,
            "edit_schema": self._edit_schema,
            "edit_keys": self._edit_keys,
            "choose_annotator": self._choose_annotator,
            "find": lambda: self._window.find_bar.ask(),
            "search": lambda: self._show_side(self._window.documents.search),
            "show_history": lambda: self._window.toggle_history(),
            "label_all": lambda: self._all_like_this(Deed.LABEL),
            "relabel_all": lambda: self._all_like_this(Deed.RELABEL),
            "remove_all": lambda: self._all_like_this(Deed.REMOVE),
            "mark_unsure": self._mark_unsure,
            "zoom_in": lambda: self._zoom(1),
            "zoom_out": lambda: self._zoom(-1),
            "zoom_reset": lambda: self._set_zoom(100),
            **{f"theme_{name}": partial(self._place.set_theme, name) for name in ("system", *NAMES)},
            "minimum_score": self._minimum_score,
            "filter_labels": self._filter_labels,
            "focus_mode": lambda: self._window.toggle_sides(),
            "daily_goal": self._daily_goal,
            "language": self._language,
            "palette": self._palette,
            "guideline": lambda: self._show_side(self._window.guide),
            "show_keys": self._show_keys,
            "about": self._about,
        }

    @property
    def _window(self) -> MainWindow:
        return self._place.window

    def _show_side(self, widget: QWidget) -> None:
        """Give the keyboard to what stands beside the page, brought back where only the page is shown."""
        if not widget.isVisible():
            self._window.toggle_sides()
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _exec(self, dialog: QDialog) -> bool:
        try:
            return bool(dialog.exec())
        finally:
            dialog.deleteLater()
            self._window.take_keyboard()

    # Corpora

    def _open_corpus(self) -> None:
        from annotator.app.sample import check_opens

        name, _ = QFileDialog.getOpenFileName(
            self._window, tr("Open a corpus"), str(self._place.path.parent), tr("Corpus") + " (*.corpus);;* (*)"
        )
        if name:
            check_opens(Path(name))
            self._place.leave_for(Path(name), "")

    def _welcome(self) -> None:
        self._place.leave_for(None, "")

    def _choose_annotator(self) -> None:
        session = self._place.desk.session
        name = asking.ask_annotator(session.corpus.annotators(), session.annotator, self._window)
        if name and name != session.annotator:
            self._place.leave_for(self._place.path, name)

    def _edit_schema(self) -> None:
        from annotator.app.schema_changes import SchemaDraft
        from annotator.ui.schema_dialog import SchemaDialog

        corpus = self._place.desk.session.corpus
        dialog = SchemaDialog(SchemaDraft(corpus, self._place.settings.keys), self._window)
        told: list[str] = []
        dialog.changed.connect(told.extend)
        self._exec(dialog)
        if told:
            self._reload()
            self._window.documents.show_schema(corpus.schema)
            self._window.forget_views()
            self._tell(tr("Schema"), told)

    def _edit_keys(self) -> None:
        from annotator.ui.actions import set_keys
        from annotator.ui.keys_dialog import KeysDialog

        schema = self._place.desk.page.schema if self._place.desk.session.page else None
        dialog = KeysDialog(self._place.settings, schema, self._window)
        self._exec(dialog)
        self._place.settings = replace(self._place.settings, keys=dialog.keys)
        set_keys(self._window.actions_by_name, dialog.keys)
        self._window.forget_views()

    # In, out, proposals

    def import_documents(self, paths: tuple[str, ...] = ()) -> None:
        """Ask how to import, then do it in the background."""
        from annotator.app.transfer import import_paths
        from annotator.app.transfer_told import told_bad, told_import
        from annotator.ui.import_dialog import ImportDialog

        schema = self._place.desk.session.corpus.schema
        dialog = ImportDialog(paths, schema, self._window)
        if not self._exec(dialog):
            return
        chosen, name, strict = dialog.paths(), dialog.format.currentData(), dialog.strict.currentData()
        role, whose = dialog.becomes()
        options, rejects = dialog.options(schema), dialog.rejects_file()

        def work(report: Report) -> "Imported":
            with self._place.open_corpus() as corpus:
                return import_paths(
                    corpus,
                    chosen,
                    format_name=name or None,
                    role=role,
                    name=whose,
                    strict=strict,
                    rejects=rejects,
                    options=options,
                    progress=lambda n: report(n, None),
                )

        def told(result: "Imported") -> None:
            self._reload()
            self._tell(tr("Import"), [*told_import(result), *told_bad(result, rejects)])
            if result.added.documents:
                self.propose()

        self._window.jobs.start(tr("Importing"), work, told)

    def propose(self) -> None:
        """Propose marks for documents that have none yet, in the background; a stopped run goes on where it was."""
        from annotator.app.learning import proposers_for
        from annotator.app.proposing import propose

        def work(report: Report) -> int:
            with self._place.open_corpus() as corpus:
                proposers = proposers_for(corpus)
                done = propose(corpus, proposers, progress=lambda _name, n, total: report(n, total))
                return sum(item.marks for item in done)

        self._window.jobs.start(tr("Proposing"), work, self._proposed)

    def _proposed(self, marks: int) -> None:
        self._reload()
        self._window.inform(trn("{n} mark proposed.", "{n} marks proposed.", marks))

    def _train(self) -> None:
        """Learn from the finished pages in the background; kept only when held-out pages say it is better."""
        from annotator.app.learning import TrainReport, told_attempt, train_corpus

        def work(report: Report) -> TrainReport:
            with self._place.open_corpus() as corpus:
                return train_corpus(corpus, progress=lambda _what, share: report(round(share * 1000), 1000))

        def told(result: TrainReport) -> None:
            lines = []
            for attempt in result.attempts:
                kept = tr("It is kept and in use.") if attempt.kept else tr("It is not kept: what was in use stays.")
                lines += [told_attempt(attempt), kept]
            self._reload()
            self._tell(tr("Learning"), [*lines, *result.missing])

        self._window.jobs.start(tr("Learning"), work, told)

    def _train_back(self) -> None:
        from annotator.app.learning import go_back, learns_title

        what, path = go_back(self._place.path)
        name = path.name if path else tr("the one that comes with the program")
        text = "In use again for {what}: {model}. Propose anew to see it."
        self._window.inform(tr(text, what=learns_title(what), model=name))

    def _reload(self) -> None:
        desk = self._place.desk
        desk.queue.reload()
        self._window.documents.refresh()
        if desk.session.page is None:
            deeds.open_start(desk)
        else:
            self._read_page_again(desk)

    @staticmethod
    def _read_page_again(desk: Desk) -> None:
        """Show the page with what has come since; caret, selection and focus stay where they were."""
        caret, anchor, focus = desk.caret, desk.anchor, desk.focus
        page = desk.session.open(desk.page.document.id)
        desk.set_caret(caret, anchor)
        if focus is not None and (page.is_decided(focus) or page.is_pending(focus)):
            desk.focus_on(focus, caret=caret)

    def _export(self) -> None:
        from annotator.app.transfer import choose_what, export_corpus, proposers_in
        from annotator.app.transfer_told import told_export
        from annotator.ui.export_dialog import ExportDialog

        corpus = self._place.desk.session.corpus
        dialog = ExportDialog(corpus.annotators(), corpus.schema, proposers_in(corpus), self._window)
        if not self._exec(dialog):
            return
        request, (whose, annotator), where = dialog.request(), dialog.whose_work(), dialog.where.text()

        def work(report: Report) -> "ExportOutcome":
            with self._place.open_corpus() as corpus:
                return export_corpus(corpus, choose_what(corpus, request, whose, annotator, where), report)

        def told(result: "ExportOutcome") -> None:
            self._tell(tr("Export"), told_export(result, request.out))

        self._window.jobs.start(tr("Exporting"), work, told)

    def _hand_out(self) -> None:
        from annotator.ui.package_dialogs import hand_out_pages

        hand_out_pages(self._place, self._exec, self._tell)

    def _merge_work(self) -> None:
        from annotator.ui.package_dialogs import merge_files

        merge_files(self._place, self._exec, self._tell, self._reload)

    def _tell(self, title: str, lines: list[str]) -> None:
        if len(lines) == 1:
            self._window.inform(lines[0])
            return
        box = QMessageBox(self._window)
        box.setWindowTitle(title)
        box.setText(lines[0])
        box.setInformativeText("\n".join(lines[1:12]))
        box.setDetailedText("\n".join(lines) if len(lines) > 12 else "")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    # On the page

    def _all_like_this(self, deed: Deed) -> None:
        desk = self._place.desk
        found = wanted_at(desk, deed)
        if found is None:
            raise EditRefused(tr("Focus a span or select some text first; then all like it can be labelled."))
        wanted, pointed = found
        dialog = OccurrencesDialog(desk, wanted, self._scope, pointed, self._window)
        self._exec(dialog)
        self._scope = Scope(dialog.scope_value)
        if self._scope is Scope.CORPUS:
            self._scope = Scope.PAGE
        self._window.documents.refresh()

    def _mark_unsure(self) -> None:
        desk = self._place.desk
        note = asking.ask_note(tr("What are you unsure of?"), desk.page.annotation.state.note, self._window)
        if note is not None:
            deeds.mark_page(desk, Status.UNSURE, note)

    # View

    def _zoom(self, step: int) -> None:
        now = self._place.settings.zoom
        nearest = min(range(len(ZOOMS)), key=lambda i: abs(ZOOMS[i] - now))
        self._set_zoom(ZOOMS[min(max(nearest + step, 0), len(ZOOMS) - 1)])

    def _set_zoom(self, percent: int) -> None:
        self._place.settings = replace(self._place.settings, zoom=percent)
        self._window.set_zoom(percent)

    def _minimum_score(self) -> None:
        desk = self._place.desk
        value = asking.ask_number(
            tr("Hide proposals"), tr("Hide proposals scored below"), desk.minimum_score, (0.0, 1.0), self._window
        )
        if value is not None:
            self._window.set_minimum_score(value)

    def _filter_labels(self) -> None:
        desk = self._place.desk
        hidden = asking.ask_labels(desk.page.schema, desk.hidden_labels, self._window)
        if hidden is not None:
            desk.hidden_labels = hidden
            self._window.marks_hidden()

    def _daily_goal(self) -> None:
        goal = asking.ask_count(
            tr("Pages a day"),
            tr("How many pages do you want to do a day? Only you see it; 0 for no goal."),
            self._place.settings.daily_goal,
            self._window,
        )
        if goal is not None:
            self._place.settings = replace(self._place.settings, daily_goal=goal)
            self._window.set_goal(goal)

    def _language(self) -> None:
        codes = ["", *LANGUAGES]
        now = codes.index(self._place.settings.language) if self._place.settings.language in codes else 0
        chosen = asking.ask_choice(
            tr("Language"),
            tr("Language of the window"),
            [LANGUAGES.get(code, tr("as the system")) for code in codes],
            now,
            self._window,
        )
        if chosen is not None and codes[chosen] != self._place.settings.language:
            self._place.settings = replace(self._place.settings, language=codes[chosen])
            self._place.leave_for(self._place.path, self._place.desk.session.annotator)

    # Help

    def _palette(self) -> None:
        palette = Palette(self._window.actions_by_name, self._window)
        if self._exec(palette) and palette.chosen:
            self._window.actions_by_name[palette.chosen].trigger()

    def _show_keys(self) -> None:
        schema = self._place.desk.page.schema if self._place.desk.session.page else None
        self._exec(KeySheet(schema, self._place.settings.keys, self._window))

    def _about(self) -> None:
        from annotator import __version__

        box = QMessageBox(self._window)
        box.setWindowTitle(tr("About"))
        box.setText(tr("annotator {version}", version=__version__))
        box.setInformativeText(tr("Annotate news pages. MIT licence. Qt is used under the LGPL."))
        self._exec(box)
