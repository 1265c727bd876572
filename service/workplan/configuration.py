"""What an operator may set: ``workplan.toml`` in the home folder, each key also in the environment.

It may not hold a setting that nothing reads.
"""

import os
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from workplan.engine.query import Capacity, Limits
from workplan.language import LANGUAGES, fallback
from workplan.model.encoding import UTF_8
from workplan.model.errors import N_, BadConfiguration
from workplan.model.iris import is_network_code
from workplan.model.words import nearest

FILE_NAME: Final = "workplan.toml"
ENVIRONMENT_PREFIX: Final = "WORKPLAN_"

_CONTACT: Final = re.compile(r"[^\s<>\"@]+@[^\s<>\"@]+|https?://[^\s<>\"]+")
_WEB: Final = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Configuration:
    """One network's settings.

    *network* is its code, empty where the data are to tell; *title* the site's name by language; *contact* an e-mail or
    web address, *accessibility* that of the operator's own statement and *source_url* that of the software's source
    code, each empty where there is none; *licence* an IRI; *max_age* the seconds for which an answer may be kept
    unasked; *allowed_services* the exact endpoints that a query's ``SERVICE`` may call;
    *trusted_proxies* the addresses of the reverse proxies whose word on the scheme counts; *logs_requests* whether each
    request is logged; *slow_query* the milliseconds from which a query is, 0 for none; *ancestors* the sites that may
    show embeds in a frame, as Content-Security-Policy names them.
    """

    network: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    accessibility: str = ""
    source_url: str = ""
    licence: str = "https://creativecommons.org/licenses/by/4.0/"
    limits: Limits = field(default_factory=Limits)
    capacity: Capacity = field(default_factory=Capacity)
    max_age: int = 300
    allowed_services: frozenset[str] = frozenset()
    trusted_proxies: frozenset[str] = frozenset()
    logs_requests: bool = False
    slow_query: int = 1000
    ancestors: tuple[str, ...] = ("*",)

    @property
    def missing(self) -> list[str]:
        """The keys without which a site should not go public: citizens would look for what they give."""
        return [key for key in ("contact", "accessibility") if not getattr(self, key)]

    def title_in(self, lang: str) -> str:
        """The site's name for a reader of *lang*."""
        return next((self.title[each] for each in fallback(lang) if each in self.title), self.network)


_ANCESTOR: Final = re.compile(r"\*|https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:([0-9]{1,5}|\*))?")
"""A source of ``frame-ancestors`` (https://www.w3.org/TR/CSP3/#directive-frame-ancestors): everyone, or an origin."""

_TYPES: Final[Mapping[str, type]] = {
    "network": str,
    "contact": str,
    "accessibility": str,
    "licence": str,
    **{f"title.{lang}": str for lang in LANGUAGES},
    **{f"limits.{limit.name}": int for limit in fields(Limits)},
    **{f"pool.{limit.name}": int for limit in fields(Capacity)},
    "cache.max_age": int,
    "embed.ancestors": list,
    "service.allowed": list,
    "service.proxies": list,
    "service.source_url": str,
    "log.requests": bool,
    "log.slow_query": int,
}
"""Every key, with its section, and the type of its value."""

_VARIABLES: Final = {ENVIRONMENT_PREFIX + key.replace(".", "_").upper(): key for key in _TYPES}
"""The variable of the environment that stands for each key."""

_OPTIONS: Final = frozenset(ENVIRONMENT_PREFIX + name for name in ("HOME", "LANG", "OUT", "SHARED", "STORE"))
"""Variables that stand for options of the commands, or by which the service's processes tell each other."""

_IRI: Final = re.compile(r"https?://[^\s<>\"{}|\\^`\[\]%]+")

_EXPECTED: Final = {
    "contact": N_("una adreça electrònica, o una adreça http:// o https://"),
    **dict.fromkeys(("licence", "accessibility", "service.source_url"), N_("una adreça http:// o https://")),
    "embed.ancestors": N_("una llista de webs com «https://www.exemple.cat» o «https://*.exemple.cat», o «*»"),
}
"""What a key takes, where its type does not tell."""


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The keys of a TOML document with their sections before them."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _from_file(file: Path) -> dict[str, Any]:
    """The settings of *file*, none where it is absent."""
    try:
        return _flat(tomllib.loads(file.read_text(encoding=UTF_8)))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(N_("%(file)s no és TOML vàlid: %(cause)s"), file=file, cause=error) from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings that variables such as ``WORKPLAN_LIMITS_ROWS`` give; lists are split at white space.

    Raises BadConfiguration for a variable that is none of ours, as for a key of the file.
    """
    given: dict[str, Any] = {}
    for name, text in environment.items():
        if not name.startswith(ENVIRONMENT_PREFIX) or name in _OPTIONS:
            continue
        if (key := _VARIABLES.get(name)) is None:
            raise _unknown(name, (*_VARIABLES, *sorted(_OPTIONS)), N_("Variables d'entorn"))
        kind = _TYPES[key]
        if kind is int and text.strip().isdecimal():
            given[key] = int(text)
        elif kind is bool and text.strip().lower() in ("true", "false"):
            given[key] = text.strip().lower() == "true"
        else:
            given[key] = text.split() if kind is list else text
    return given


def _unknown(key: str, known: Collection[str], where: str | Path) -> BadConfiguration:
    """The error that *key* is none of the *known* ones, with the near miss."""
    # What all variables begin with makes none of them a near miss.
    bare = {name.removeprefix(ENVIRONMENT_PREFIX): name for name in known}
    near = nearest(key.removeprefix(ENVIRONMENT_PREFIX), bare)
    return BadConfiguration(
        N_("%(file)s: la clau «%(key)s» no existeix; potser volíeu dir «%(near)s»?")
        if near
        else N_("%(file)s: la clau «%(key)s» no existeix; n'hi ha aquestes: %(known)s."),
        file=where,
        key=key,
        near=bare[near] if near else "",
        known=", ".join(known),
    )


def _checked(key: str, value: Any, where: str | Path) -> Any:
    """*value*, given by *where*, if *key* exists and takes such a value.

    Raises BadConfiguration that names the near miss or the type expected.
    """
    if key not in _TYPES:
        raise _unknown(key, tuple(_TYPES), where)
    # To Python a truth value is a number too.
    wrong = not isinstance(value, _TYPES[key]) or isinstance(value, bool) is not (_TYPES[key] is bool)
    if (
        wrong
        or (_TYPES[key] is int and value < 0)
        or (key == "network" and not is_network_code(value))
        or (key == "contact" and not _CONTACT.fullmatch(value))
        or (key in ("accessibility", "service.source_url") and not _WEB.fullmatch(value))
        or (key == "licence" and not _IRI.fullmatch(value))
        or (key == "embed.ancestors" and not all(isinstance(v, str) and _ANCESTOR.fullmatch(v) for v in value))
    ):
        raise BadConfiguration(
            N_("%(file)s: «%(value)s» no serveix per a la clau «%(key)s»; s'esperava %(expected)s."),
            file=where,
            value=value,
            key=key,
            expected=_EXPECTED.get(key)
            or {
                str: N_("un text (per a «network», de 2 a 20 minúscules, xifres o guionets, no reservat)"),
                int: N_("un nombre enter no negatiu"),
                bool: N_("true o false"),
                list: N_("una llista d'adreces"),
            }[_TYPES[key]],
        )
    return value


def load_configuration(root: Path, environment: Mapping[str, str] = os.environ) -> Configuration:
    """The configuration of the home at *root*, the environment's values above the file's.

    Raises BadConfiguration.
    """
    file = root / FILE_NAME
    given = {key: _checked(key, value, file) for key, value in _from_file(file).items()}
    variables = {key: name for name, key in _VARIABLES.items()}
    given |= {key: _checked(key, value, variables[key]) for key, value in _from_environment(environment).items()}
    limits = {k.removeprefix("limits."): v for k, v in given.items() if k.startswith("limits.")}
    capacity = {k.removeprefix("pool."): v for k, v in given.items() if k.startswith("pool.")}
    plain: dict[str, Any] = {k: given[k] for k in ("network", "contact", "accessibility", "licence") if k in given}
    if "cache.max_age" in given:
        plain["max_age"] = given["cache.max_age"]
    if "service.source_url" in given:
        plain["source_url"] = given["service.source_url"]
    if "log.slow_query" in given:
        plain["slow_query"] = given["log.slow_query"]
    return Configuration(
        **plain,
        title={lang: given[f"title.{lang}"] for lang in LANGUAGES if f"title.{lang}" in given},
        limits=Limits(**limits),
        capacity=Capacity(**capacity),
        allowed_services=frozenset(given.get("service.allowed", ())),
        trusted_proxies=frozenset(given.get("service.proxies", ())),
        logs_requests=given.get("log.requests", False),
        ancestors=tuple(given.get("embed.ancestors", Configuration.ancestors)),
    )
