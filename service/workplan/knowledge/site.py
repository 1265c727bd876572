"""What a site is called where its operator has not said: as the data call the network.

It may not overrule what the operator has set.
"""

from collections import defaultdict
from dataclasses import replace

from workplan.configuration import Configuration
from workplan.engine.query import QueryEngine
from workplan.language import DEFAULT, LANGUAGES, gettext
from workplan.model.errors import N_, StoreError
from workplan.model.iris import data_iri, data_path

from .asking import solutions

_NETWORKS = """
SELECT ?network ?label
WHERE {
  ?network a wp:MunicipalNetwork .
  OPTIONAL { ?network rdfs:label ?label }
}
"""


def completed(config: Configuration, engine: QueryEngine) -> Configuration:
    """*config* with the network's code and the site's name from the data behind *engine*, where it has none.

    Data of several networks give no code, and no name of one of them. A store that does not answer now gives neither.
    """
    if config.network and config.title:
        return config
    names: dict[str, dict[str, str]] = defaultdict(dict)
    try:
        for row in solutions(engine, _NETWORKS):
            label = row["label"]
            names[row["network"].value] |= {label.language or DEFAULT: label.value} if label else {}
    except StoreError:
        return config
    only = next(iter(names)) if len(names) == 1 else ""
    code = config.network or data_path(only) or ""
    title = names[data_iri(code)] if code else {lang: gettext(N_("Plans de treball"), lang) for lang in LANGUAGES}
    return replace(config, network=code, title=config.title or title)
