"""Lines of articles made from the files of their sources."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from annotator.propose.boundary_score import load_pages
from tests.benchmarks.bench_transfer import articles_in
from tests.benchmarks.open_articles import main

LEAD = "The council of the harbour town voted on Monday to close the old ferry line for good."
LATER = [f"It is the {number} decision of the year that people in the harbour talk about." for number in range(4)]
BODY = [LEAD, *LATER]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr("sys.argv", ["open_articles", *map(str, arguments)])
    main()


def written(kind: str, folder: Path) -> Path:
    """A file as the source has it, with one article."""
    if kind == "gv":
        path = folder / "posts.xml"
        body = "\n\n".join([f'<a href="x">{LEAD[:11]}</a>{LEAD[11:]}', *LATER, "@reader: no", "[caption]x[/caption]"])
        path.write_text(
            f"<item><title>Oman: Ferry &amp; harbour</title><content:encoded><![CDATA[{body}]]></content:encoded>"
            "<wp:status>publish</wp:status></item><item><title>Draft</title></item>"
        )
    elif kind == "masc":
        path = folder / "tagged.zip"
        with zipfile.ZipFile(path, "w") as archive:
            pieces = [" ".join(f"{word}_NN" for word in part[:-1].split()) + " ._." for part in BODY]
            archive.writestr(
                "masc/written/wsj_1.txt", "\n\n".join(["Ferry_NN line_NN will_MD be_VB closed_VBN", *pieces])
            )
            archive.writestr("masc/written/letter.txt", "no_DT article_NN")
    elif kind == "gum":
        path = folder / "GUM_news_ferry.conllu"
        blocks = [("head (1 s)", "Ferry line will be closed"), *(("p (1 s)", part) for part in BODY)]
        lines = [f"# newpar_block = {name}\n# text = {text}\n1\tx\n" for name, text in blocks]
        path.write_text("# meta::sourceURL = https://en.wikinews.org/wiki/Ferry\n" + "\n".join(lines))
    elif kind == "wikinews":
        path = folder / "table.csv"
        text = "\n\n\n".join(["Monday, January 4, 2019", *BODY])
        path.write_text(f'url,date,title,text\nu,2019-01-04,Ferry line will be closed,"{text}"\n')
    else:
        path = folder / "wire.txt"
        path.write_bytes("\r\n\r\n".join(["https://x.example/2019/ferry-line-will-close.html", *BODY]).encode())
    return path


@pytest.mark.parametrize(
    ("kind", "headline"),
    [
        ("gv", "Ferry & harbour"),
        ("masc", "Ferry line will be closed"),
        ("gum", "Ferry line will be closed"),
        ("wikinews", "Ferry line will be closed"),
    ],
)
def test_an_article_becomes_a_page_to_fit_on(
    kind: str, headline: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.jsonl"
    run(monkeypatch, kind, written(kind, tmp_path), "--out", out)
    (page,) = load_pages(out)
    assert (page.variant, page.ship, page.boundaries) == ("article", True, ())
    assert [page.text[start:end] for start, end, _ in page.blocks] == [headline, *BODY]
    assert [label for _, _, label in page.blocks] == ["headline", *["body"] * 5]


def test_articles_known_from_other_lines_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    run(monkeypatch, "gum", written("gum", tmp_path), "--out", first)
    run(monkeypatch, "wikinews", written("wikinews", tmp_path), "--but", first, "--out", second)
    assert second.read_text() == ""


def test_newswire_becomes_articles_to_judge_by_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.jsonl"
    path = written("newswire", tmp_path)
    again = tmp_path / "again.txt"
    again.write_bytes(path.read_bytes())
    run(monkeypatch, "newswire", path, again, "--out", out)
    assert len(out.read_text().splitlines()) == 2
    (article,) = articles_in(out)
    assert (article.headline, article.paragraphs) == ("Ferry line will close", BODY)
    assert json.loads(out.read_text().splitlines()[0])["id"] == "wire.txt"
