"""What another site shows of a resource's page: the answer to a saved question about that resource.

Pure: it knows no request.
"""

from typing import Final

from workplan.engine.query import Kind, QueryRequest
from workplan.export.answer import Source
from workplan.knowledge.plan import plans
from workplan.questions.catalogue import SavedQuery

OF_PLANS: Final = ("actions", "plan-table")
"""The saved questions that show a plan, the best first: each takes it as its parameter ``plan``."""


def question_about(source: Source, iri: str) -> tuple[SavedQuery, dict[str, str]] | None:
    """The question of *source* to embed for the resource *iri* and the values to ask it with; None where there is none.

    It is the first one with a table that has to be asked of such a resource and of nothing else.
    """
    if iri in {entry.iri for entry in plans(source.engine)}:
        saved = next((source.queries[name] for name in OF_PLANS if name in source.queries), None)
        return (saved, {"plan": iri}) if saved else None
    for saved in source.queries.values():
        required = [parameter for parameter in saved.parameters if parameter.is_required]
        if len(required) != 1 or required[0].kind != "iri":
            continue
        choices = source.choices(saved).get(required[0].name, ())
        is_table = source.engine.kind_of(QueryRequest(saved.text)) is Kind.SOLUTIONS
        if is_table and any(choice.value == iri for choice in choices):
            return saved, {required[0].name: iri}
    return None
