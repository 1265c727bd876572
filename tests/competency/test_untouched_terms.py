"""Every term earns its place: a question, a rule or a shape uses it, or docs/questions.md says why it is there."""

import re
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

from workplan.model.namespaces import WP

ROOT = Path(__file__).parents[2]
HEADING = "## Terms that no question and no shape touches"


def declared_terms() -> set[str]:
    """The local names that the ontology declares."""
    quads = (quad for file in (ROOT / "ontology").glob("*.ttl") for quad in parse(path=file, format=RdfFormat.TURTLE))
    subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
    return {iri.removeprefix(WP) for iri in subjects if iri.startswith(WP)}


def touched_terms() -> set[str]:
    """The local names that queries, rules and shapes use; a comment or a header is no use."""
    files = [*(ROOT / "queries").rglob("*.rq"), *(ROOT / "shapes").rglob("*.ttl")]
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    code = "\n".join(line for line in lines if not line.startswith("#"))
    return set(re.findall(rf"(?:(?<![\w-])wp:|{re.escape(WP)})([A-Za-z]\w*)", code))


def test_the_terms_that_nothing_touches_are_listed_with_a_reason() -> None:
    """A new term that nothing uses must be explained, and an explained one that comes into use goes from the list."""
    _, _, section = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8").partition(HEADING)
    explained = re.findall(r"^- ((?:`wp:\w+`(?:, )?)+): \S.*\.$", section, re.MULTILINE)
    listed = re.findall(r"`wp:(\w+)`", "\n".join(explained))

    assert sorted(listed) == sorted(declared_terms() - touched_terms())
