"""What is asked of a store and what comes back: values without behaviour of their own, and the one seam.

It may not import a store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from pyoxigraph import Literal, NamedNode

from workplan.model.formats import Format


class Kind(Enum):
    """The three kinds of answer; formats are negotiated within one (SPARQL 1.1 Protocol, section 2.1.6)."""

    SOLUTIONS = "solutions"
    BOOLEAN = "boolean"
    GRAPH = "graph"


@dataclass(frozen=True)
class QueryRequest:
    """One query as a client means it.

    *default_graphs* and *named_graphs*, where given, override ``FROM`` and ``FROM NAMED`` (Protocol, section 2.1.4);
    where neither is given and the query has no ``FROM``, the default graph is the union of all graphs.
    *bindings* are values for variables of the query, joined as data, never pasted into the text.
    """

    text: str
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    base_iri: str | None = None
    bindings: Mapping[str, NamedNode | Literal] = field(default_factory=dict)


@dataclass(frozen=True)
class QueryResult:
    """A whole answer: its *kind*, the *format* it is written in and its *body*, complete or not at all.

    *seconds* is how long the store took to make it, without any wait for its turn.
    """

    kind: Kind
    format: Format
    body: bytes
    seconds: float = 0.0


@dataclass(frozen=True)
class Limits:
    """What one query may cost: *seconds* of time, *rows* (or triples) and *bytes* of answer, *memory* in bytes."""

    seconds: float = 10
    rows: int = 100_000
    bytes: int = 64 * 1024 * 1024
    memory: int = 1024 * 1024 * 1024


@dataclass(frozen=True)
class Capacity:
    """What all queries at work may take together.

    *workers* is how many there may be at once, *long* how many of them may be long ones, *memory* their bytes beside
    the data, which they share.
    """

    workers: int = 32
    long: int = 2
    memory: int = 2 * 1024 * 1024 * 1024


class QueryEngine(Protocol):
    """The one seam between the service and a store."""

    def kind_of(self, request: QueryRequest) -> Kind:
        """The kind of answer that *request* will have, without running it.

        Raises MalformedQuery or QueryRefused.
        """

    def run(self, request: QueryRequest, form: Format) -> QueryResult:
        """The answer to *request* written in *form*, which must be a format of the request's kind.

        Raises MalformedQuery, UnknownFunction, QueryRefused, AnswerTooLarge, QueryTimeout or StoreError.
        """

    def close(self) -> None:
        """Let go of what the engine holds."""
