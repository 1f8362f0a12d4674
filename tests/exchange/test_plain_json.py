import pytest

from annotator.core.errors import InputError
from annotator.exchange.plain_json import read_plain_json_line


def test_a_text_with_title_source_and_date_is_read() -> None:
    document = read_plain_json_line(
        '{"text":"a\\r\\nb","title":"T","url":"https://example.org","date":"2024-01-02","meta":{"k":"v"}}', "x"
    )
    assert (document.text, document.title, document.source) == ("a\nb", "T", "https://example.org")
    assert (document.published, dict(document.meta)) == ("2024-01-02", {"k": "v"})


def test_other_fields_are_kept_in_the_meta() -> None:
    document = read_plain_json_line(
        '{"body":"a","text":"t","n":1,"tags":["x","é"],"none":null,"meta":"m"}', "x", "body"
    )
    assert document.text == "a"
    assert dict(document.meta) == {"text": "t", "n": "1", "tags": '["x","é"]', "meta": "m"}


def test_a_source_beside_an_address_is_taken_and_the_address_kept() -> None:
    document = read_plain_json_line('{"text":"a","source":"Daily","url":"https://example.org"}', "x")
    assert (document.source, dict(document.meta)) == ("Daily", {"url": "https://example.org"})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{}", "`text` is missing"),
        ('{"text":3}', "`text` must be a text; it is a number"),
        ('{"text":"\\ud800"}', "half of a surrogate pair"),
        ('{"text":"x","more":"\\ud800"}', "half of a surrogate pair"),
        ('{"text":"x","text":"y"}', "stands twice"),
    ],
)
def test_a_wrong_line_is_refused_with_place_and_reason(line: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read_plain_json_line(line, "a.jsonl:3")
    assert str(caught.value).startswith("a.jsonl:3: ")
