"""Proposals from a program that answers over HTTP, used only where its address is given.

docs/entities.md documents the JSON that goes out and comes in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Rejection, mark_from_json
from annotator.core.proposal import Proposal
from annotator.core.schema import Schema
from annotator.core.words import tr

MAX_ANSWER = 100_000_000
"""Longest answer, in bytes."""
SECONDS = 30.0
"""Time an answer may take."""
BATCH = 8
"""Documents sent together."""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class HttpProposer:
    """Sends documents to an address and takes the marks that come back."""

    def __init__(
        self, address: str, *, name: str = "http", version: str = "", seconds: float = SECONDS, batch: int = BATCH
    ) -> None:
        """Sends nothing yet.

        Args:
            address: Where to send documents: an http or https address.
            name: What the proposals name as their proposer.
            version: Version of the model behind the address; the address itself when empty.
            seconds: Time an answer may take.
            batch: Documents sent together.

        Raises:
            InputError: The address is not one of http or https.
        """
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(tr("“{address}” is no http or https address.", address=address))
        self.name = name
        self.version = version or address
        self._address = address
        self._seconds = seconds
        self._batch = batch
        self._opener = build_opener(_NoRedirect)

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """What the address proposes for each document.

        Raises:
            InputError: It does not answer in time, or its answer is not of the form that docs/entities.md gives.
        """
        layers = [
            {"name": layer.name, "kind": layer.kind.value, "labels": [label.name for label in layer.labels]}
            for layer in schema.layers
        ]
        stream = iter(documents)
        while batch := list(islice(stream, self._batch)):
            sent = [{"id": document.id, "text": document.text, "title": document.title} for document in batch]
            answer = self._ask({"version": 1, "layers": layers, "documents": sent})
            yield from self._read(answer, batch, schema)

    def _ask(self, question: Mapping[str, Any]) -> Any:
        body = json.dumps(question, ensure_ascii=False).encode()
        request = Request(self._address, body, {"Content-Type": "application/json", "Accept": "application/json"})
        try:
            with self._opener.open(request, timeout=self._seconds) as response:
                answer = response.read(MAX_ANSWER + 1)
        except HTTPError as error:
            error.close()
            raise self._fails(tr("it answered {code} {reason}", code=error.code, reason=error.reason)) from None
        except TimeoutError:
            raise self._fails(tr("no answer within {seconds} seconds", seconds=self._seconds)) from None
        except URLError as error:
            late = isinstance(error.reason, TimeoutError)
            reason = tr("no answer within {seconds} seconds", seconds=self._seconds) if late else str(error.reason)
            raise self._fails(reason) from None
        except OSError as error:
            raise self._fails(str(error.strerror or error)) from None
        if len(answer) > MAX_ANSWER:
            raise self._fails(tr("its answer is longer than {n} bytes", n=MAX_ANSWER))
        try:
            return json.loads(answer)
        except ValueError:
            raise self._fails(tr("its answer is not JSON")) from None

    def _read(self, answer: Any, batch: Sequence[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        rows = answer.get("documents") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or len(rows) != len(batch):
            raise self._fails(tr("its answer does not have one entry a document under `documents`"))
        for document, row in zip(batch, rows, strict=True):
            marks = row.get("marks") if isinstance(row, dict) else None
            if not isinstance(marks, list):
                raise self._fails(tr("an entry of its answer has no list of `marks`"))
            yield tuple(self._proposal(value, document, schema) for value in marks)

    def _proposal(self, value: Any, document: Document, schema: Schema) -> Proposal:
        if not isinstance(value, dict):
            raise self._fails(tr("a mark is not an object"))
        score, reason = value.get("score"), value.get("reason", "")
        if score is not None and (isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1):
            raise self._fails(tr("a `score` does not lie between 0 and 1"))
        if not isinstance(reason, str):
            raise self._fails(tr("a `reason` is no text"))
        mark = mark_from_json({key: value[key] for key in value if key not in ("score", "reason", "rejected")})
        problem = schema.problem(mark, document.text)
        if problem is not None:
            raise self._fails(tr("page “{title}”: {problem}", title=document.title, problem=problem.rstrip(".")))
        assert not isinstance(mark, Rejection)
        return Proposal(mark, None if score is None else float(score), reason[:500], self.name)

    def _fails(self, reason: str) -> InputError:
        text = "{name} at {address} cannot be used: {reason}. What was proposed before is kept."
        return InputError(tr(text, name=self.name, address=self._address, reason=reason))
