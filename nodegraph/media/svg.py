"""Vector pictures (SVG 2) made harmless: drawings stay, what runs or loads something goes.

A browser that opens an SVG by itself runs scripts in it as those of the server it came from. So only elements are kept
that are known to draw, and no attribute or style that leads out of the document. Imports no torch.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping

from nodegraph.errors import UserError

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}"
_XML = "{http://www.w3.org/XML/1998/namespace}"

_NAMES = """
a circle clipPath defs desc ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur
feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter g image
line linearGradient marker mask path pattern polygon polyline radialGradient rect stop style svg switch symbol text
textPath title tspan use view
"""
_DRAWN = frozenset(_NAMES.split())
"""Of the elements of SVG 2 those that draw. Scripts, foreign documents, media and animations, which can change where a
link leads, are not among them."""

_DATA = re.compile(r"data:image/(png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=\s]*")
_DECLARED = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_PLAIN_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*>")
_BLANKS = " \t\r\n\f"
"""What CSS and addresses know as blanks; a no-break space, to them, is part of a name."""
_LEADING_OUT = re.compile(rf"\\|/\*|@|//|image-set\(|src\(|url\((?![{_BLANKS}]*+['\"]?+[{_BLANKS}]*+#)", re.IGNORECASE)
"""In styles and attributes: what loads something that is not in the document, or hides that it does."""
_ASKING = frozenset({"ping", "attributionsrc"})
"""Attributes of links with addresses that are asked when somebody follows the link."""
_LONGEST = 32 * 1024 * 1024


class SvgError(UserError):
    """What is to be a vector picture is none."""


def harmless(document: str, *, text: Mapping[str, str]) -> bytes:
    """The SVG ``document`` with what it draws and no more, carrying ``text`` as JSON in its metadata.

    Raises :class:`SvgError` for what is no SVG, declares entities, or has more than 32 MiB.
    """
    if len(document) > _LONGEST:
        raise SvgError(f"svg has {len(document)} characters; at most {_LONGEST} are taken.")
    plain = _PLAIN_DOCTYPE.sub("", document, count=1)
    if _DECLARED.search(plain):
        raise SvgError("svg declares entities of its own in a DOCTYPE; they are not taken. Remove the DOCTYPE.")
    try:
        root = ET.fromstring(plain)
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise SvgError(f"svg cannot be read as XML: {error}.") from error
    if root.tag not in (f"{{{_SVG}}}svg", "svg"):
        raise SvgError(f"svg is a document of {root.tag!r}, not of 'svg'.")
    drawn = _kept(root)
    drawn.tail = None
    drawn.set("xmlns", _SVG)
    if text:
        metadata = ET.Element("metadata")
        metadata.text = json.dumps({key: json.loads(value) for key, value in text.items()})
        drawn.insert(0, metadata)
    try:
        written: bytes = ET.tostring(drawn, encoding="utf-8", xml_declaration=True)
    except RecursionError as error:
        raise SvgError("svg is nested too deeply.") from error
    return written


def _kept(element: ET.Element) -> ET.Element:
    """An element with what is kept of its attributes and of what is within it, without namespaces."""
    kept = _copied(element)
    pending = [(kept, element)]
    while pending:
        parent, given = pending.pop()
        for child in given:
            if _name(child) in _DRAWN and (_name(child) != "style" or _is_plain_style(child)):
                parent.append(copied := _copied(child))
                pending.append((copied, child))
    return kept


def _is_plain_style(style: ET.Element) -> bool:
    """Whether rules lead nowhere. Elements between them do not belong there, and hide what stands behind them."""
    return len(style) == 0 and not _LEADING_OUT.search(style.text or "")


def _copied(element: ET.Element) -> ET.Element:
    """An element without what is within it."""
    copied = ET.Element(_name(element), dict(filter(None, map(_attribute, element.attrib.items()))))
    copied.text, copied.tail = element.text, element.tail
    return copied


def _name(element: ET.Element) -> str:
    """The name of an element of SVG; for elements of other namespaces one that SVG does not have."""
    return element.tag.removeprefix(f"{{{_SVG}}}")


def _attribute(given: tuple[str, str]) -> tuple[str, str] | None:
    name, value = given
    name = name.removeprefix(_XLINK)
    if name == "href":
        address = value.strip(_BLANKS)
        return (name, address) if address.startswith("#") or _DATA.fullmatch(address) else None
    if name.startswith("{") and name not in (f"{_XML}space", f"{_XML}lang"):
        return None
    runs_or_asks = name.lower().startswith("on") or name.lower() in _ASKING
    return None if runs_or_asks or _LEADING_OUT.search(value) else (name, value)
