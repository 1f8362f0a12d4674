"""Fitting the boundary model: what is made, what is held out, what comes out."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from annotator.core.errors import AnnotatorError, Cancelled, InputError
from annotator.propose.boundaries import read_model, segment_page
from annotator.propose.boundary_fit import FitSettings, fit_model, mean_trees
from annotator.propose.boundary_folds import folds_of, headlines_of, page_shingles, without
from annotator.propose.boundary_score import LabelledPage, load_pages
from annotator.propose.boundary_training import curve_of, fit_boundaries, held_out_pages
from annotator.propose.lines import paragraphs
from annotator.propose.page_forms import make_page
from annotator.propose.stitching import Material, Piece, lay_out
from annotator.propose.training_articles import articles_of

PAGES_FILE = Path(__file__).parents[1] / "data" / "boundaries" / "pages.jsonl"
PAGES = load_pages(PAGES_FILE)
SMALL = FitSettings(made=9, trees=12, members=1)

pytest.importorskip("sklearn", reason="fitting needs the extra `fit`")


@pytest.fixture(scope="module")
def material() -> Material:
    return Material.of(articles_of(PAGES))


@pytest.mark.parametrize("seed", range(40))
def test_a_made_page_carries_gold_that_lies_on_it(material: Material, seed: int) -> None:
    page = make_page(material, random.Random(seed))
    starts = [start for start, _, _ in page.blocks]
    assert starts == sorted(starts)
    assert set(page.boundaries) <= set(starts[1:])
    for start, end, _ in page.blocks:
        assert page.text[start:end].strip() == page.text[start:end] != ""
    for start, end, kind in page.cuts:
        assert kind != "kicker" or page.text[start:end].rstrip(":?'").isupper()
        assert page.text[start - 1 : start] in ("", " ", "\n")
        assert page.text[end : end + 1] in ("", " ", "\n")


def test_one_seed_makes_one_page(material: Material) -> None:
    assert make_page(material, random.Random(5)) == make_page(material, random.Random(5))


def test_no_made_article_opens_on_boilerplate_but_the_first(material: Material) -> None:
    for seed in range(60):
        page = make_page(material, random.Random(seed))
        kinds = {start: kind for start, _, kind in page.blocks}
        assert "boilerplate" not in {kinds[position] for position in page.boundaries}


@pytest.mark.parametrize("layout", ["lines", "blank", "wrap", "indent", "wrapblank"])
def test_every_layout_keeps_block_starts_at_paragraph_starts(material: Material, layout: str) -> None:
    pieces = [Piece(text, "body", opens=number == 0) for number, text in enumerate(material.articles[0].paragraphs[:6])]
    page = lay_out(pieces, layout, random.Random(1), "p", "single")
    starts = {paragraph.start for paragraph in paragraphs(page.text)}
    assert len({start for start, _, _ in page.blocks} - starts) <= 1


def test_articles_are_recovered_once_in_their_longest_version() -> None:
    text = "Alpha beta gamma delta epsilon zeta eta theta iota kappa one.\nSecond one here.\nThird one here."
    short = LabelledPage("a", text, (), ((0, 61, "body"), (62, 78, "body")))
    long = LabelledPage("b", text, (), ((0, 61, "body"), (62, 78, "body"), (79, 94, "body")))
    found = articles_of([short, long], least=2)
    assert [len(article.paragraphs) for article in found] == [3]


def test_what_is_fitted_on_shares_nothing_with_what_is_judged() -> None:
    for fold in folds_of(PAGES, 3):
        judged = [PAGES[i] for i in fold]
        rest = held_out_pages([page for i, page in enumerate(PAGES) if i not in fold], judged)
        passages = set().union(*(page_shingles(page) for page in judged))
        assert not any(page_shingles(page) & passages for page in rest)


def test_a_stretch_taken_off_a_page_leaves_its_gold_in_place() -> None:
    page = next(page for page in PAGES if len(page.boundaries) >= 3)
    start, end = page.boundaries[0], page.boundaries[1]
    gone = LabelledPage(
        "x", page.text[start:end], (), tuple((a - start, b - start, k) for a, b, k in page.blocks if start <= a < end)
    )
    left = without(page, page_shingles(gone), headlines_of([gone]))
    assert left is not None
    assert left.text == page.text[:start] + page.text[end:]
    assert len(left.boundaries) == len(page.boundaries) - 1
    assert [left.text[a:b] for a, b, _ in left.blocks] == [
        page.text[a:b] for a, b, _ in page.blocks if not start <= a < end
    ]


def test_a_page_of_nothing_but_judged_text_is_not_fitted_on() -> None:
    assert held_out_pages([PAGES[0]], [PAGES[0]]) == []


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("model") / "boundaries.npz"
    fit_model(PAGES, SMALL).save(out)
    return out


def test_a_fitted_model_reads_back_and_proposes(fitted: Path) -> None:
    model = read_model(fitted)
    assert model.card["training"]["pages"] == len(PAGES)
    page = PAGES[0]
    proposal = segment_page(page.text, model)
    assert proposal.articles[0].position == 0
    assert all(0.0 <= article.score <= 1.0 and article.reason for article in proposal.articles)
    assert sum(len(segment_page(p.text, model).boundaries) for p in PAGES) > 0


@pytest.mark.slow
def test_fitting_twice_on_one_seed_gives_the_same_file(fitted: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.npz"
    fit_model(PAGES, SMALL).save(again)
    assert again.read_bytes() == fitted.read_bytes()


def test_the_trees_run_in_numpy_say_what_scikit_learn_says() -> None:
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier

    from annotator.propose.boosting import trees_of

    draw = np.random.default_rng(0)
    rows = draw.normal(size=(400, 6)).astype(np.float32)
    rows[draw.random(rows.shape) < 0.1] = np.nan
    two = (np.nan_to_num(rows[:, 0]) + np.nan_to_num(rows[:, 1]) > 0).astype(int)
    three = two + (np.nan_to_num(rows[:, 2]) > 0.5)
    for target in (two, three):
        model = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=8, random_state=0).fit(rows, target)
        ours = trees_of(model).probabilities(rows)
        theirs = model.predict_proba(rows)
        np.testing.assert_allclose(ours, theirs if ours.shape[1] > 1 else theirs[:, 1:], atol=1e-5)


def test_trees_fitted_on_bins_say_the_same_of_the_values() -> None:
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier

    from annotator.propose.boosting import BINS, binned, trees_of

    draw = np.random.default_rng(1)
    rows = draw.normal(size=(900, 5)).astype(np.float32)
    rows[:, 1] = draw.integers(0, 4, 900)
    rows[:, 2] = np.where(draw.random(900) < 0.8, 0.0, rows[:, 2])
    rows[:, 3] = np.nan
    rows[draw.random(rows.shape) < 0.1] = np.nan
    target = (np.nan_to_num(rows[:, 0]) + np.nan_to_num(rows[:, 1]) > 1).astype(int)
    bins = binned(rows)
    assert [len(edges) for edges in bins.edges][:2] == [BINS - 1, 3]
    for number, edges in enumerate(bins.edges):
        column = rows[:, number]
        there = ~np.isnan(column)
        places = bins.rows[there, number].astype(int)
        assert (np.isnan(bins.rows[:, number]) == ~there).all()
        ends = np.concatenate([[-np.inf], edges, [np.inf]])
        assert ((ends[places] < column[there]) & (column[there] <= ends[places + 1])).all()
    filled = np.array([0, 1, 2, 4])
    model = HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=8, random_state=0)
    model.fit(bins.rows[:, filled], target)
    ours = trees_of(model, filled, bins.edges).probabilities(rows)
    np.testing.assert_allclose(ours, model.predict_proba(bins.rows[:, filled])[:, 1:], atol=1e-5)


def test_averaged_models_say_the_mean_of_what_each_says() -> None:
    import numpy as np

    one, other = (fit_model(PAGES, replace(SMALL, seed=seed)) for seed in (0, 1))
    draw = np.random.default_rng(3)
    for name in ("first_opens", "first_kinds", "opens", "kinds", "cuts"):
        trees = mean_trees([getattr(one, name), getattr(other, name)])
        rows = draw.normal(scale=4.0, size=(300, int(trees.feature.max()) + 1)).astype(np.float32)
        rows[draw.random(rows.shape) < 0.1] = np.nan
        mean = (getattr(one, name).raw(rows) + getattr(other, name).raw(rows)) / 2
        assert np.ptp(mean) > 0
        np.testing.assert_allclose(trees.raw(rows), mean, atol=1e-5)


def test_every_member_is_fitted_on_pages_of_its_own() -> None:
    import numpy as np

    alone = fit_model(PAGES, SMALL)
    pair = fit_model(PAGES, replace(SMALL, members=2))
    assert pair.card["training"]["members"] == 2
    count = len(alone.opens.output)
    np.testing.assert_array_equal(pair.opens.value[:count, : alone.opens.value.shape[1]], alone.opens.value / 2)
    assert pair.opens.threshold[:count].tobytes() != pair.opens.threshold[count:].tobytes()


def test_pages_not_to_be_shipped_are_left_out_and_counted(tmp_path: Path) -> None:
    data = tmp_path / "pages.jsonl"
    lines = PAGES_FILE.read_text(encoding="utf-8").splitlines()
    hidden = lines[0].replace('"ship": true', '"ship": false')
    assert hidden != lines[0]
    data.write_text("\n".join([hidden, *lines[1:3]]), encoding="utf-8")
    with pytest.raises(AnnotatorError, match="2 pages"):
        fit_boundaries([data], tmp_path / "m.npz", folds=4)
    assert not (tmp_path / "m.npz").exists()


@pytest.mark.slow
def test_fitting_measures_on_articles_not_seen_and_writes_what_it_measured(tmp_path: Path) -> None:
    said: list[float] = []
    out = tmp_path / "m.npz"
    fitted = fit_boundaries([PAGES_FILE], out, 0, lambda text, share: said.append(share), settings=SMALL, folds=3)
    model = read_model(out)
    assert said == sorted(said)
    assert fitted.report.figures["all"]["pages"] == len(PAGES)
    assert model.card["quality"]["figures"]["all"]["f1"] == pytest.approx(fitted.report.figures["all"]["f1"], abs=1e-3)
    assert (model.calibration[1] >= 0).all()


def test_a_cancelled_fit_writes_nothing(tmp_path: Path) -> None:
    def stop(text: str, share: float) -> None:
        raise Cancelled(text)

    with pytest.raises(Cancelled):
        fit_boundaries([PAGES_FILE], tmp_path / "m.npz", progress=stop, settings=SMALL, folds=2)
    assert list(tmp_path.iterdir()) == []


def test_too_few_articles_are_said_to_be_too_few() -> None:
    with pytest.raises(AnnotatorError, match="at least"):
        fit_model(PAGES[:2], SMALL)


def test_an_unreadable_data_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.jsonl"):
        fit_boundaries([tmp_path / "missing.jsonl"], tmp_path / "m.npz")


def test_the_calibration_curve_rises_and_follows_the_shares() -> None:
    import numpy as np

    draw = np.random.default_rng(1)
    chances = draw.uniform(0.5, 1.0, 4000)
    right = draw.random(4000) < 0.5 + 0.5 * (chances - 0.5)
    curve = curve_of(chances.tolist(), right.tolist())
    assert (np.diff(curve[1]) >= 0).all()
    assert np.interp(0.9, curve[0], curve[1]) == pytest.approx(0.7, abs=0.06)


@pytest.mark.slow
def test_seeds_make_different_models(fitted: Path) -> None:
    first, second = read_model(fitted), fit_model(PAGES, replace(SMALL, seed=1))
    assert first.opens.threshold.tobytes() != second.opens.threshold.tobytes()
