"""The page of keys in the guide, made from the command table."""

from annotator.app.commands import COMMANDS, key_sheet
from annotator.core.schema import Schema
from annotator.core.words import tr


def key_page(schema: Schema) -> str:
    """All keys as Markdown: the commands with their own keys, then the labels of a schema.

    Args:
        schema: Its label keys stand at the end.
    """
    changing = next(command for command in COMMANDS if command.name == "edit_keys")
    lines = [
        f"# {tr('Keys')}",
        "",
        tr(
            "Every command with its key, by menu. Keys without Ctrl or Alt work while the page, or the review, has the "
            "keyboard. All of them can be changed in the window ({menu}, {command}). Label keys belong to the schema; "
            "these are those of the schema “{schema}”.",
            menu=tr(changing.menu),
            command=tr(changing.title),
            schema=schema.title or schema.name,
        ),
    ]
    for title, rows in key_sheet(schema, {}):
        lines += ["", f"## {title}", "", f"| {tr('What')} | {tr('Key')} |", "| --- | --- |"]
        lines += [f"| {_cell(what)} | {_keys(keys)} |" for keys, what in rows]
    return "\n".join(lines) + "\n"


def _keys(keys: str) -> str:
    return " / ".join(f"`{_cell(key)}`" for key in keys.split(" / ")) if keys else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
