"""A schema from JSON text, with the line named of what is wrong with it."""

import json
import re

from annotator.core.errors import SchemaError
from annotator.core.schema import MAX_SCHEMA, Schema, schema_from_json
from annotator.core.words import tr

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+')

_Path = tuple[str | int, ...]


def schema_from_json_text(text: str, where: str = "schema") -> Schema:
    """A schema from JSON text of the same form as the TOML; `where` names the file in errors.

    Raises:
        SchemaError: The text is not JSON, or says something a schema cannot; names the line.
    """
    if len(text) > MAX_SCHEMA:
        raise SchemaError(tr("{where}: a schema file has at most {n} characters.", where=where, n=MAX_SCHEMA))
    try:
        data = json.loads(text)
    except RecursionError:
        raise SchemaError(tr("{where}: arrays or objects are nested too deeply.", where=where)) from None
    except json.JSONDecodeError as error:
        raise SchemaError(
            tr("{where}, line {line}: not valid JSON: {error}.", where=where, line=error.lineno, error=error.msg)
        ) from None
    except ValueError as error:
        raise SchemaError(tr("{where}: not valid JSON: {error}.", where=where, error=error)) from None
    lines = _lines(text)

    def line(layer: int | None, label: int | None, key: str) -> int:
        path: _Path = () if layer is None else ("layers", layer)
        path = path if label is None else (*path, "labels", label)
        wanted = (*path, *key.split(".", 1)) if key else path
        while wanted and wanted not in lines:
            wanted = wanted[:-1]
        return lines.get(wanted, 1)

    return schema_from_json(data, where, line=line)


def _lines(text: str) -> dict[_Path, int]:
    """The line of every key and of every element of an array, in JSON that is known to be valid."""
    found: dict[_Path, int] = {}
    path: list[str | int] = []
    awaits_key: list[bool] = []
    line, seen = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        token = match.group()
        if token in "}]":
            path.pop()
            awaits_key.pop()
        elif token == ",":
            if isinstance(path[-1], int):
                path[-1] += 1
            else:
                awaits_key[-1] = True
        elif token == ":":
            awaits_key[-1] = False
        elif awaits_key and awaits_key[-1]:
            path[-1] = json.loads(token)
            found.setdefault(tuple(path), line)
        else:
            if path and isinstance(path[-1], int):
                found.setdefault(tuple(path), line)
            if token in "{[":
                path.append("" if token == "{" else 0)
                awaits_key.append(token == "{")
    return found
