from hypothesis import given
from hypothesis import strategies as st

from annotator.core.history import LogEntry, read_history, title_of


def entry(number: int, undoes: int | None = None, *, fixed: bool = False) -> LogEntry:
    return LogEntry(number, f"deed {number}", "", undoes, None, fixed)


@given(st.lists(st.sampled_from(["do", "do", "undo", "undo", "redo", "import"]), max_size=40))
def test_the_stacks_of_the_log_are_those_of_a_program_that_keeps_them(actions: list[str]) -> None:
    log: list[LogEntry] = []
    undo: list[int] = []
    redo: list[int] = []
    deed_of: dict[int, int] = {}
    for number, action in enumerate(actions, 1):
        stacks = read_history(log)
        match action:
            case "do":
                log.append(entry(number))
                deed_of[number] = number
                undo.append(number)
                redo.clear()
            case "import":
                log.append(entry(number, fixed=True))
                undo.clear()
                redo.clear()
            case "undo" if undo:
                target = stacks.undo[-1]
                log.append(entry(number, target.id))
                deed_of[number] = deed_of[target.id]
                redo.append(undo.pop())
            case "redo" if redo:
                target = stacks.redo[-1]
                log.append(entry(number, target.id))
                deed_of[number] = deed_of[target.id]
                undo.append(redo.pop())
        stacks = read_history(log)
        assert [deed_of[item.id] for item in stacks.undo] == undo
        assert [deed_of[item.id] for item in stacks.redo] == redo


def test_a_deed_below_the_newest_can_be_taken_back_and_done_again() -> None:
    log = [entry(1), entry(2), entry(3, undoes=1)]
    stacks = read_history(log)
    assert [item.id for item in stacks.undo] == [2]
    assert [item.id for item in stacks.redo] == [3]
    stacks = read_history([*log, entry(4, undoes=3)])
    assert [item.id for item in stacks.undo] == [2, 4]
    assert stacks.redo == ()


def test_a_redo_that_follows_another_deed_is_a_redo_and_no_undo() -> None:
    stacks = read_history([entry(1), entry(2, undoes=1), entry(3), entry(4, undoes=2)])
    assert [item.id for item in stacks.undo] == [3, 4]
    assert stacks.redo == ()


def test_an_undone_redo_can_be_done_again() -> None:
    log = [entry(1), entry(2, undoes=1), entry(3, undoes=2), entry(4, undoes=3)]
    stacks = read_history(log)
    assert stacks.undo == ()
    assert [item.id for item in stacks.redo] == [4]


def test_nothing_before_an_import_can_be_undone() -> None:
    stacks = read_history([entry(1), entry(2, fixed=True), entry(3)])
    assert [item.id for item in stacks.undo] == [3]


def test_an_undo_and_a_redo_are_called_by_their_deed() -> None:
    log = {item.id: item for item in [entry(1), entry(2, undoes=1), entry(3, undoes=2)]}
    assert title_of(log[3], log) == title_of(log[2], log) == "deed 1"
    assert title_of(entry(9, undoes=8), log) == "deed 9"
