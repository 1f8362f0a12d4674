"""Proposals over HTTP, from a server on the loopback address that the test starts."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.marks import Boundary, Span
from annotator.core.schema import schema_from_toml
from annotator.propose.http import HttpProposer

NEWS = schema_from_toml((Path(__file__).parents[2] / "resources" / "schemas" / "news.toml").read_text(encoding="utf-8"))
PAGE = make_document("😀 Tik spoke in Hong Kong.", title="Tik")


class Answers:
    """What the server was asked and what it answers."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: Callable[[Any], tuple[int, bytes]] = lambda question: (500, b"")
        self.address = ""
        self.hold = threading.Event()
        self.hold.set()

    def marks(self, *marks: object) -> None:
        self.answer = lambda question: (
            200,
            json.dumps({"documents": [{"marks": list(marks)} for _ in question["documents"]]}).encode(),
        )


@pytest.fixture
def server() -> Iterator[Answers]:
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answers.asked.append(question)
            answers.hold.wait(30)
            status, body = answers.answer(question)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    answers.address = f"http://127.0.0.1:{running.server_port}/propose"
    yield answers
    answers.hold.set()
    running.shutdown()
    thread.join()
    running.server_close()


def test_marks_come_back_with_score_and_reason(server: Answers) -> None:
    server.marks(
        {"start": 2, "end": 5, "layer": "entities", "label": "PERSON", "score": 0.9, "reason": "a name"},
        {"position": 0, "layer": "articles", "label": "article"},
    )
    (found,) = HttpProposer(server.address, name="mine").propose([PAGE], NEWS)
    assert [p.mark for p in found] == [Span(2, 5, "entities", "PERSON"), Boundary(0, "articles", "article")]
    assert (found[0].score, found[0].reason, found[0].proposer) == (0.9, "a name", "mine")
    assert PAGE.text[2:5] == "Tik"


def test_documents_go_out_in_batches_with_the_layers_and_labels(server: Answers) -> None:
    server.marks()
    documents = [make_document(f"Page {n}.") for n in range(5)]
    assert list(HttpProposer(server.address, batch=2).propose(documents, NEWS)) == [()] * 5
    assert [len(question["documents"]) for question in server.asked] == [2, 2, 1]
    question = server.asked[0]
    assert question["documents"][0] == {"id": documents[0].id, "text": "Page 0.", "title": "Page 0."}
    assert [layer["name"] for layer in question["layers"]] == ["articles", "blocks", "entities"]
    assert "PERSON" in question["layers"][2]["labels"]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, b"", "it answered 500"),
        (302, b"", "it answered 302"),
        (200, b"<html>", "not JSON"),
        (200, b"[]", "one entry a document"),
        (200, b'{"documents": []}', "one entry a document"),
        (200, b'{"documents": [{}]}', "no list of `marks`"),
        (200, b'{"documents": [{"marks": [3]}]}', "not an object"),
        (
            200,
            b'{"documents": [{"marks": [{"layer": "entities", "label": "ORG", "start": 0}]}]}',
            "whole-number offsets",
        ),
        (
            200,
            b'{"documents": [{"marks": [{"layer": "entities", "label": "ORG", "start": 0, "end": 999}]}]}',
            "does not lie in the text",
        ),
        (
            200,
            b'{"documents": [{"marks": [{"layer": "entities", "label": "ORG", "start": 0, "end": 1, "score": 2}]}]}',
            "`score` does not lie",
        ),
    ],
)
def test_an_answer_that_does_not_fit_is_one_sentence(server: Answers, status: int, body: bytes, said: str) -> None:
    server.answer = lambda question: (status, body)
    with pytest.raises(InputError, match=said):
        list(HttpProposer(server.address).propose([PAGE], NEWS))


def test_an_answer_that_takes_too_long_is_given_up(server: Answers) -> None:
    server.marks()
    server.hold.clear()
    with pytest.raises(InputError, match=r"no answer within 0\.2 seconds"):
        list(HttpProposer(server.address, seconds=0.2).propose([PAGE], NEWS))


def test_nobody_at_the_address_is_said_in_a_sentence(server: Answers) -> None:
    with pytest.raises(InputError, match="cannot be used"):
        list(HttpProposer("http://127.0.0.1:1/").propose([PAGE], NEWS))


@pytest.mark.parametrize("address", ["file:///etc/passwd", "localhost:80", "", "ftp://a"])
def test_only_http_addresses_are_taken(address: str) -> None:
    with pytest.raises(InputError, match="no http or https address"):
        HttpProposer(address)
