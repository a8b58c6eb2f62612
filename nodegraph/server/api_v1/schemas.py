"""Types of the wire as JSON Schema (2020-12), each struct once, under its name. Knows no operations.

What msgspec says of a struct holds for reading it. What the server writes is stricter, and said so: of a struct that
leaves defaults out, a field that is ``None`` by default never comes as null; of any other, every field is there.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import inspect

Schema = dict[str, Any]

_PLACE = "#/components/schemas/"


def reference(name: str) -> Schema:
    """Stands for the schema of this name."""
    return {"$ref": _PLACE + name}


class Schemas:
    """The schemas of some types: those that clients send (``read``) and those that the server sends (``written``).

    A type that is sent both ways is described as it is read.
    """

    def __init__(self, *, read: Sequence[Any], written: Sequence[Any]) -> None:
        types = [*read, *written]
        structs: dict[str, type[msgspec.Struct]] = {}
        for struct in _structs(types):
            other = structs.setdefault(struct.__name__, struct)
            assert other is struct, f"{struct} and {other} have the same name on the wire"
        _, components = msgspec.json.schema_components(types, ref_template=_PLACE + "{name}")
        self.components: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(components))  # defaults are tuples
        for name in structs.keys() - {struct.__name__ for struct in _structs(read)}:
            _written(self.components[name], leaves_out=structs[name].__struct_config__.omit_defaults)
        for schema in self.components.values():
            _describe(schema)

    def of(self, type: Any) -> Schema:
        """The schema of one type; its structs are references to the components."""
        (schema,), _ = msgspec.json.schema_components([type], ref_template=_PLACE + "{name}")
        return schema

    def name(self, name: str, type: Any) -> None:
        """Give a union a name, and use that wherever the union stands in a component."""
        schema = self.of(type)
        self.components = {key: _replaced(found, schema, reference(name)) for key, found in self.components.items()}
        self.components[name] = {"title": name, **schema}

    def fields(self, struct: type[msgspec.Struct]) -> Iterator[tuple[str, bool, Schema]]:
        """The fields of a struct that comes as text, as a query does: name, whether it must be there, schema."""
        (_,), components = msgspec.json.schema_components([struct], ref_template=_PLACE + "{name}")
        schema = components[struct.__name__]
        for name, field in schema["properties"].items():
            yield name, name in schema.get("required", ()), _never_null(field)


def _structs(types: Sequence[Any]) -> Iterator[type[msgspec.Struct]]:
    """Every struct that is in any of the types."""
    waiting: list[inspect.Type] = list(inspect.multi_type_info(types))
    seen: set[type[msgspec.Struct]] = set()
    while waiting:
        match waiting.pop():
            case inspect.StructType(cls=cls, fields=fields):
                if cls not in seen:
                    seen.add(cls)
                    yield cls
                    waiting += [field.type for field in fields]
            case inspect.UnionType(types=members):
                waiting += members
            case (
                inspect.DictType(value_type=inner)
                | inspect.ListType(item_type=inner)
                | inspect.VarTupleType(item_type=inner)
            ):
                waiting.append(inner)
            case inspect.Metadata(type=inner):
                waiting.append(inner)
            case _:
                pass


def _written(schema: Schema, *, leaves_out: bool) -> None:
    """Say of a struct what holds for every one that the server writes."""
    fields = schema.get("properties", {})
    if not leaves_out:
        schema["required"] = list(fields)
        for field in fields.values():
            field.pop("default", None)
    else:
        schema["properties"] = {
            name: _never_null(field) if field.get("default", ...) is None else field for name, field in fields.items()
        }


def _never_null(field: Schema) -> Schema:
    """A field with the default ``None`` that is left out instead."""
    kept = {key: value for key, value in field.items() if key != "default" or value is not None}
    members = [member for member in kept.get("anyOf", ()) if member != {"type": "null"}]
    if len(members) == 1:
        del kept["anyOf"]
        return {**members[0], **kept}
    return {**kept, "anyOf": members} if members else kept


def _describe(schema: Schema) -> None:
    """Docstrings are written for Sphinx, descriptions for Markdown."""
    if "description" in schema:
        schema["description"] = markdown(schema["description"])


def markdown(docstring: str) -> str:
    """The text of a docstring, with code marked as Markdown does."""
    unwrapped = re.sub(r"[ \t]*\n[ \t]*", "\n", docstring.strip())
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", unwrapped).replace("``", "`")


def _replaced(value: Any, old: Schema, new: Schema) -> Any:
    if value == old:
        return new
    if isinstance(value, dict):
        return {key: _replaced(inner, old, new) for key, inner in value.items()}
    return [_replaced(inner, old, new) for inner in value] if isinstance(value, list) else value
