"""The command table: every deed with its key, menu and words. Menus, palette, help sheet and key list come from it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.core.schema import Schema
from annotator.core.words import tr


class Place(StrEnum):
    """Where the key of a command works."""

    PAGE = "page"
    """While the page has the keyboard."""
    REVIEW = "review"
    """While the review has the keyboard."""
    ANYWHERE = "anywhere"
    """In the whole window, search fields included."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the user can do."""

    name: str
    """What settings and scripts call it."""
    title: str
    """What menus and the palette call it; passes through `tr` where it is shown."""
    key: str
    """Its key as Qt writes keys, "" for none."""
    menu: str
    """The menu it stands in; passes through `tr` where it is shown."""
    place: Place = Place.PAGE
    deed: Callable[[Desk], None] | None = None
    """What it does at the desk; None for what only a window can do."""
    also: tuple[str, ...] = ()
    """Further keys that do the same."""


_PAGE, _ANY, _REV = Place.PAGE, Place.ANYWHERE, Place.REVIEW
_FILE, _EDIT, _MARK, _BOUNDARY, _GO, _VIEW, _HELP = "File", "Edit", "Mark", "Boundary", "Go", "View", "Help"
_REVIEW = "Review"

COMMANDS: tuple[Command, ...] = (
    Command("new_corpus", "New corpus…", "Ctrl+N", _FILE, _ANY),
    Command("open_corpus", "Open corpus…", "Ctrl+O", _FILE, _ANY),
    Command("import_documents", "Import…", "Ctrl+I", _FILE, _ANY),
    Command("export_corpus", "Export…", "Ctrl+E", _FILE, _ANY),
    Command("hand_out", "Hand out pages as files…", "", _FILE, _ANY),
    Command("merge_work", "Merge work from files…", "", _FILE, _ANY),
    Command("propose", "Propose marks for new pages", "Ctrl+Shift+P", _FILE, _ANY),
    Command("train", "Learn from finished pages", "Ctrl+Shift+T", _FILE, _ANY),
    Command("train_back", "Go back to the model before", "", _FILE, _ANY),
    Command("choose_annotator", "Who annotates…", "Ctrl+Shift+A", _FILE, _ANY),
    Command("edit_schema", "Labels and layers…", "Ctrl+Shift+L", _FILE, _ANY),
    Command("welcome", "Welcome page…", "Ctrl+W", _FILE, _ANY),
    Command("quit", "Quit", "Ctrl+Q", _FILE, _ANY),
    Command("undo", "Undo", "Ctrl+Z", _EDIT, _PAGE, deeds.undo),
    Command("redo", "Redo", "Ctrl+Shift+Z", _EDIT, _PAGE, deeds.redo, also=("Ctrl+Y",)),
    Command("copy", "Copy", "Ctrl+C", _EDIT, _PAGE),
    Command("find", "Find in page", "Ctrl+F", _EDIT, _ANY),
    Command("search", "Search the corpus", "Ctrl+Shift+F", _EDIT, _ANY),
    Command("show_history", "History of this page", "Ctrl+H", _EDIT, _ANY),
    Command("accept", "Accept and go to the next", "Return", _MARK, _PAGE, deeds.accept, also=("Enter",)),
    Command("reject", "Reject or remove", "X", _MARK, _PAGE, deeds.reject, also=("Del",)),
    Command("start_left", "Start one token to the left", "[", _MARK, _PAGE, deeds.start_left),
    Command("start_right", "Start one token to the right", "]", _MARK, _PAGE, deeds.start_right),
    Command("end_left", "End one token to the left", "{", _MARK, _PAGE, deeds.end_left),
    Command("end_right", "End one token to the right", "}", _MARK, _PAGE, deeds.end_right),
    Command(
        "start_left_character", "Start one character to the left", "Alt+[", _MARK, _PAGE, deeds.start_left_by_character
    ),
    Command(
        "start_right_character",
        "Start one character to the right",
        "Alt+]",
        _MARK,
        _PAGE,
        deeds.start_right_by_character,
    ),
    Command("end_left_character", "End one character to the left", "Alt+{", _MARK, _PAGE, deeds.end_left_by_character),
    Command(
        "end_right_character", "End one character to the right", "Alt+}", _MARK, _PAGE, deeds.end_right_by_character
    ),
    Command(
        "finish", "Accept all that is left, next page", "Ctrl+Return", _MARK, _PAGE, deeds.finish, also=("Ctrl+Enter",)
    ),
    Command("label_all", "Label all like this", "Ctrl+D", _MARK, _PAGE),
    Command("relabel_all", "Relabel all like this", "Ctrl+Shift+D", _MARK, _PAGE),
    Command("remove_all", "Remove all like this", "Ctrl+Shift+X", _MARK, _PAGE),
    Command("clear", "Let go of selection and focus", "Esc", _MARK, _PAGE, Desk.clear),
    Command(
        "add_boundary", "Add a boundary at the line, again: at the sentence", "B", _BOUNDARY, _PAGE, deeds.add_boundary
    ),
    Command("add_boundary_here", "Add a boundary exactly here", "Shift+B", _BOUNDARY, _PAGE, deeds.add_boundary_here),
    Command("boundary_up", "Move boundary up a line", "Alt+Up", _BOUNDARY, _PAGE, deeds.boundary_up),
    Command("boundary_down", "Move boundary down a line", "Alt+Down", _BOUNDARY, _PAGE, deeds.boundary_down),
    Command("boundary_left", "Move boundary back a sentence", "Alt+Left", _BOUNDARY, _PAGE, deeds.boundary_left),
    Command("boundary_right", "Move boundary on a sentence", "Alt+Right", _BOUNDARY, _PAGE, deeds.boundary_right),
    Command("join", "Join with the segment before", "Backspace", _BOUNDARY, _PAGE, deeds.join),
    Command("next_layer", "Add boundaries in the next layer", "Ctrl+L", _BOUNDARY, _PAGE, Desk.next_layer),
    Command("next_unresolved", "Next unresolved", "Tab", _GO, _PAGE, Desk.next_unresolved),
    Command("previous_unresolved", "Previous unresolved", "Shift+Tab", _GO, _PAGE, Desk.previous_unresolved),
    Command("next_mark", "Next mark", "Alt+N", _GO, _PAGE, Desk.next_mark),
    Command("previous_mark", "Previous mark", "Alt+P", _GO, _PAGE, Desk.previous_mark),
    Command("next_page", "Next page", "Ctrl+PgDown", _GO, _ANY, deeds.next_page),
    Command("previous_page", "Previous page", "Ctrl+PgUp", _GO, _ANY, deeds.previous_page),
    Command("mark_done", "Mark page as done", "Ctrl+Shift+Return", _GO, _PAGE, deeds.mark_done),
    Command("mark_todo", "Mark page as to do", "", _GO, _PAGE, deeds.mark_todo),
    Command("mark_unsure", "Flag page as unsure, with a note…", "Ctrl+U", _GO, _PAGE),
    Command("skip", "Skip this page", "Ctrl+Shift+S", _GO, _PAGE, deeds.skip),
    Command("review_next", "Next place", "N", _REVIEW, _REV),
    Command("review_previous", "Place before", "P", _REVIEW, _REV, also=("Shift+N",)),
    *(Command(f"take_{n}", f"Take version {n}", str(n), _REVIEW, _REV) for n in range(1, 10)),
    Command("take_nothing", "Nothing here", "0", _REVIEW, _REV),
    Command("review_own", "Write my own version", "E", _REVIEW, _REV),
    Command("review_confirm", "Confirm my own version", "Return", _REVIEW, _REV, also=("Enter",)),
    Command("review_cancel", "Leave my own version", "Esc", _REVIEW, _REV),
    Command("review_alike", "Decide all with the same text…", "A", _REVIEW, _REV),
    Command("review_majority", "Take the majority for all that is left on this page", "M", _REVIEW, _REV),
    Command("review_merge_page", "Merge what is agreed on this page", "Shift+M", _REVIEW, _REV),
    Command("review_merge", "Merge what is agreed on all pages", "Ctrl+M", _REVIEW, _REV),
    Command("review_undo", "Undo the last decision", "Ctrl+Z", _REVIEW, _REV),
    Command("review_redo", "Redo the decision", "Ctrl+Shift+Z", _REVIEW, _REV, also=("Ctrl+Y",)),
    Command("review_stage", "Waiting or decided places", "D", _REVIEW, _REV),
    Command("review_filters", "To the filters", "F", _REVIEW, _REV),
    Command("review_names", "Show or hide the names of annotators", "H", _REVIEW, _REV),
    Command("review_reload", "Read again what others changed", "F5", _REVIEW, _REV),
    Command("review_adjudicator", "Who adjudicates…", "", _REVIEW, _REV),
    Command("review_changes", "What adjudication changed in my pages…", "Ctrl+Shift+G", _REVIEW, _ANY),
    Command("show_annotate", "Annotate", "Ctrl+Shift+1", _VIEW, _ANY),
    Command("show_review", "Review", "Ctrl+Shift+2", _VIEW, _ANY),
    Command("show_insights", "Insights", "Ctrl+Shift+3", _VIEW, _ANY),
    Command("zoom_in", "Larger text", "Ctrl++", _VIEW, _ANY, also=("Ctrl+=",)),
    Command("zoom_out", "Smaller text", "Ctrl+-", _VIEW, _ANY),
    Command("zoom_reset", "Normal text size", "Ctrl+0", _VIEW, _ANY),
    Command("focus_page", "To the page", "Ctrl+1", _VIEW, _ANY),
    Command("focus_queue", "To the queue", "Ctrl+2", _VIEW, _ANY),
    Command("theme_system", "Colours of the system", "", _VIEW, _ANY),
    Command("theme_light", "Light colours", "", _VIEW, _ANY),
    Command("theme_dark", "Dark colours", "", _VIEW, _ANY),
    Command("theme_contrast", "High contrast", "", _VIEW, _ANY),
    Command("minimum_score", "Hide proposals below a score…", "", _VIEW, _ANY),
    Command("filter_labels", "Show only some labels…", "", _VIEW, _ANY),
    Command("focus_mode", "Only the page", "F11", _VIEW, _ANY),
    Command("daily_goal", "Pages a day…", "", _VIEW, _ANY),
    Command("language", "Language…", "", _VIEW, _ANY),
    Command("palette", "All commands…", "Ctrl+K", _HELP, _ANY),
    Command("guideline", "Guideline of this label", "F1", _HELP, _ANY),
    Command("edit_keys", "Change keys…", "", _HELP, _ANY),
    Command("show_keys", "Keys", "?", _HELP, _PAGE, also=("Ctrl+?",)),
    Command("about", "About", "", _HELP, _ANY),
)
"""Every command, in the order of menus and help sheet."""


def keys_of(command: Command, chosen: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of a command, with the one the user chose in the place of its own."""
    if command.name in chosen:
        return (chosen[command.name],) if chosen[command.name] else ()
    return tuple(key for key in (command.key, *command.also) if key)


def menus(commands: Iterable[Command] = COMMANDS) -> dict[str, list[Command]]:
    """The commands by menu, both in the order of the table."""
    found: dict[str, list[Command]] = {}
    for command in commands:
        found.setdefault(command.menu, []).append(command)
    return found


def key_conflicts(schema: Schema, chosen: Mapping[str, str]) -> list[str]:
    """Every key that would mean two things in one place, a sentence each."""
    found = []
    seen: dict[str, str] = {}
    for place in (Place.PAGE, Place.REVIEW):
        here: dict[str, str] = {}
        for command in COMMANDS:
            if command.place not in (place, Place.ANYWHERE):
                continue
            for key in keys_of(command, chosen):
                chord = chord_of(key)
                if chord in here:
                    sentence = tr("{key} means “{one}” and “{two}”.", key=key, one=here[chord], two=tr(command.title))
                    found += [] if sentence in found else [sentence]
                here.setdefault(chord, tr(command.title))
        # Labels have their keys on the page.
        seen = seen or here
    for layer in schema.layers:
        given: dict[str, str] = {}
        for label in layer.labels:
            chord = chord_of(label.key)
            if label.key and chord in seen:
                found.append(
                    tr(
                        "The key {key} of the label “{label}” means “{command}” on the page; choose another.",
                        key=label.key.upper(),
                        label=label.shown,
                        command=seen[chord],
                    )
                )
            if label.key and chord in given:
                found.append(
                    tr(
                        "The key {key} means “{one}” and “{two}” in “{layer}”.",
                        key=label.key.upper(),
                        one=given[chord],
                        two=label.shown,
                        layer=layer.shown,
                    )
                )
            given.setdefault(chord, label.shown)
    return found


_SAME_KEYS = {"delete": "del", "insert": "ins", "escape": "esc", "pagedown": "pgdown", "pageup": "pgup"}


def chord_of(key: str) -> str:
    """One spelling for all spellings of a key: `shift+ctrl+DELETE` and `Ctrl+Shift+Del` are the same."""
    head, plus, last = key.casefold().rpartition("+")
    if plus and not last:
        head, last = head.removesuffix("+"), "+"
    modifiers = sorted(part for part in head.split("+") if part)
    return "+".join([*modifiers, _SAME_KEYS.get(last, last)])


def key_sheet(schema: Schema | None, chosen: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The help sheet: headings, each with rows of keys and what they do; the label keys of `schema` last."""
    sheet = [
        (tr(menu), [(" / ".join(keys_of(command, chosen)), tr(command.title)) for command in commands])
        for menu, commands in menus().items()
    ]
    for layer in schema.layers if schema else ():
        rows = [(label.key.upper(), f"{label.shown} ({label.short})") for label in layer.labels if label.key]
        if rows:
            sheet.append((tr("Labels: {layer}", layer=layer.shown), rows))
    return sheet
