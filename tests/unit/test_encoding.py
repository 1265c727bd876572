"""A byte-order mark, as Windows puts at the start of a text, is passed over wherever people send one."""

import io
from pathlib import Path
from urllib.parse import urlencode

import pytest

from workplan.configuration import load_configuration
from workplan.engine.protocol import FORM, QUERY, read
from workplan.questions.catalogue import decoded, read_query

MARK = "\ufeff"
TEXT = "SELECT (1 AS ?x) {}"
ENCODED = urlencode({"query": MARK + TEXT}).encode()


@pytest.mark.parametrize(
    ("method", "content_type", "query_string", "body"),
    [
        ("GET", None, ENCODED, b""),
        ("POST", FORM, b"", ENCODED),
        ("POST", QUERY, b"", (MARK + TEXT).encode()),
    ],
    ids=["GET", "form", "body"],
)
def test_the_endpoint_passes_it_over(method: str, content_type: str | None, query_string: bytes, body: bytes) -> None:
    """However the query comes."""
    assert read(method, content_type, query_string, body).query.text == TEXT


def test_files_and_settings_pass_it_over(tmp_path: Path) -> None:
    """A query's, a saved question's with its header, and workplan.toml."""
    file = tmp_path / "one.rq"
    file.write_text(f"{MARK}#+ summary: one\n{TEXT}", encoding="utf-8")
    (tmp_path / "workplan.toml").write_text(f'{MARK}network = "exemple"\n', encoding="utf-8")

    assert decoded(io.BytesIO((MARK + TEXT).encode()).read(), "-") == TEXT
    assert read_query(file).header["summary"] == "one"
    assert load_configuration(tmp_path).network == "exemple"
