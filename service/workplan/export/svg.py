"""Vega's drawing as a picture that any page may take in: named for those who cannot see it, and nothing in it runs.

What stays is on a list: shapes, words and how they look. Styles, scripts, addresses and Vega's own roles do not, so
that a strict content security policy breaks nothing. It may not draw.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from workplan.model.xml import sound

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_SVG: Final = f"{{{_NAMESPACE}}}"
_TAGS: Final = frozenset(_SVG + tag for tag in ("svg", "g", "path", "line", "rect", "text", "tspan"))
_ATTRIBUTES: Final = frozenset(
    (
        *("d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "width", "height", "transform", "viewBox"),
        *("fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "fill-opacity", "stroke-opacity"),
        *("font-size", "font-weight", "font-style", "text-anchor"),
    )
)
_NUMBER: Final = re.compile(r"-?\d+\.\d{3,}")
_FOOT_SIZE: Final = 11
_FOOT_LINE: Final = 15
_FOOT_MARGIN: Final = 12

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
"""The content security policy of the picture as a document of its own: it may have a style, and load nothing."""


@dataclass(frozen=True)
class Foot:
    """What stands below a picture: *lines* in *color*, *padding* from the left."""

    lines: Sequence[str]
    color: str
    padding: int


@dataclass(frozen=True)
class Words:
    """What a picture is called and says, in *lang*; *key* makes its identifiers unlike those of others of a page."""

    key: str
    lang: str
    name: str
    summary: str
    font: str


def picture(drawing: str, words: Words, foot: Foot) -> ET.Element:
    """Vega's *drawing*, cleaned, with its *words* and its *foot*."""
    root = ET.fromstring(sound(drawing))  # noqa: S314 - what our own process wrote from our own description
    _clean(root)
    _set_foot(root, foot)
    title, description = ET.Element(_SVG + "title"), ET.Element(_SVG + "desc")
    title.text, description.text = words.name, words.summary
    title.set("id", f"{words.key}-name")
    description.set("id", f"{words.key}-summary")
    root[:0] = [title, description]
    root.set("role", "img")
    root.set("lang", words.lang)
    root.set("aria-labelledby", f"{words.key}-name")
    root.set("aria-describedby", f"{words.key}-summary")
    root.set("font-family", words.font)
    return root


def follow_reader(light: ET.Element, dark: ET.Element) -> None:
    """Have *light* take the colours of *dark*, the same picture, where its reader's browser asks for a dark page."""
    rules: dict[tuple[str, str], str] = {}
    for ours, theirs in zip(light.iter(), dark.iter(), strict=True):
        names = []
        for attribute in ("fill", "stroke"):
            color = theirs.get(attribute)
            if color and color != ours.get(attribute):
                names.append(rules.setdefault((attribute, color), f"c{len(rules)}"))
        if names:
            ours.set("class", " ".join(names))
    style = ET.Element(_SVG + "style")
    within = "".join(f".{name}{{{attribute}:{color}}}" for (attribute, color), name in rules.items())
    style.text = f"@media (prefers-color-scheme:dark){{{within}}}"
    light.insert(2, style)


def written(root: ET.Element) -> str:
    """The picture as text."""
    ET.register_namespace("", _NAMESPACE)
    return sound(ET.tostring(root, encoding="unicode"))


def _clean(element: ET.Element) -> None:
    for name in list(element.attrib):
        if name not in _ATTRIBUTES:
            del element.attrib[name]
        else:
            element.set(
                name, _NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), element.attrib[name])
            )
    for child in list(element):
        if child.tag not in _TAGS or _is_unseen(child):
            element.remove(child)
        else:
            _clean(child)
            if child.tag == _SVG + "g" and len(child) == 0:
                element.remove(child)


def _is_unseen(element: ET.Element) -> bool:
    is_blank = element.tag == _SVG + "text" and not "".join(element.itertext()).strip()
    # The frames that Vega draws around its groups have no colour.
    is_shapeless = element.tag == _SVG + "path" and not (element.get("fill") or element.get("stroke"))
    return is_blank or is_shapeless or element.get("opacity") == "0" or element.get("display") == "none"


def _set_foot(root: ET.Element, foot: Foot) -> None:
    """Lengthen the picture and write the *foot* below it."""
    if not foot.lines:
        return
    width, height = (float(root.get(name, "0")) for name in ("width", "height"))
    tall = height + len(foot.lines) * _FOOT_LINE + _FOOT_MARGIN - _FOOT_SIZE // 2
    for element in (root, *_grounds(root)):
        element.set("height", f"{tall:g}")
    root.set("viewBox", f"0 0 {width:g} {tall:g}")
    for number, line in enumerate(foot.lines):
        text = ET.SubElement(root, _SVG + "text")
        for name, value in (
            ("x", f"{foot.padding}"),
            ("y", f"{height + _FOOT_LINE * number + _FOOT_SIZE // 2:g}"),
            ("font-size", f"{_FOOT_SIZE}px"),
            ("fill", foot.color),
        ):
            text.set(name, value)
        text.text = line


def _grounds(root: ET.Element) -> Iterator[ET.Element]:
    """The rectangle behind the picture."""
    return (child for child in root if child.tag == _SVG + "rect")
