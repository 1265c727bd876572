"""What is wrong with one statement or identifier, where no shape can look: SHACL has no target for every literal.

It may not look for faults: it holds what was found, in the form of a SHACL result.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import NamedNode

from workplan.language import LANGUAGES, sentence
from workplan.model.namespaces import split

from .reading import Term
from .report import Severity

PATTERN: Final = "PatternConstraintComponent"
DATATYPE: Final = "DatatypeConstraintComponent"
LANGUAGE: Final = "LanguageInConstraintComponent"
CLASS: Final = "ClassConstraintComponent"


@dataclass(frozen=True)
class Fault:
    """That *focus*, or the *value* of its *property*, breaks the *rule* in the way of a SHACL *component*.

    *text* is what is said of it, an interface text with its *values*.
    """

    focus: Term
    rule: str
    component: str
    severity: Severity
    text: str
    values: dict[str, Any] = field(default_factory=dict)
    property: NamedNode | None = None
    value: Term | None = None

    def messages(self) -> dict[str, str]:
        """The sentence in each language, with the property's name at its end where it is about one."""
        called = f" ({prefixed(self.property.value)})" if self.property else ""
        return {lang: sentence(self.text, self.values, lang).removesuffix(".") + f"{called}." for lang in LANGUAGES}


def prefixed(iri: str) -> str:
    """*iri* with the project's prefix for it, or between angle brackets."""
    return ":".join(split(iri) or ()) or f"<{iri}>"
