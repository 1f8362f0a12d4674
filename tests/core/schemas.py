"""Hypothesis strategies for schemas."""

from types import MappingProxyType

from hypothesis import strategies as st

from annotator.core.schema import Label, Layer, LayerKind, Schema

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.from_regex(r"[A-Za-zé北][A-Za-z0-9_.-]{0,8}", fullmatch=True)


@st.composite
def labels(draw: st.DrawFn) -> tuple[Label, ...]:
    chosen = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    keys = draw(st.permutations("123abé"))
    return tuple(
        Label(
            name,
            draw(words),
            draw(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)),
            draw(st.sampled_from(["", key])),
            draw(words)[:6],
            draw(words),
        )
        for name, key in zip(chosen, keys, strict=False)
    )


@st.composite
def layers(draw: st.DrawFn, name: str) -> Layer:
    own = draw(labels())
    ours = st.sampled_from(["", *(label.name for label in own)])
    mapping = draw(st.dictionaries(words, ours, max_size=3))
    kind = draw(st.sampled_from(LayerKind))
    return Layer(name, kind, draw(words), own, draw(st.booleans()), draw(words), MappingProxyType(mapping))


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """Any schema that can be read."""
    chosen = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    return Schema(draw(names), draw(st.integers(1, 9)), tuple(draw(layers(name)) for name in chosen), draw(words))
