"""Strict reading of TOML into frozen dataclasses; knows nothing of what the settings mean.

A key that no field has, a missing key or a value of another type is a `UserError` that names
the file and the key, so that a typing slip never becomes a silent default.
"""

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from model_package.errors import UserError

T = TypeVar("T")


def read_toml(path: Path, cls: type[T]) -> T:
    """Read the file at `path` as an instance of the dataclass `cls`."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{path}: cannot be read as TOML: {error}") from error
    return build(table, cls, str(path))


def find_toml(name: str, folder: Path, kind: str) -> Path:
    """The file meant by `name`: a path that ends in .toml, or a name in `folder`."""
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise UserError(f"{kind} file {name!r} does not exist")
        return path
    known = sorted(path.stem for path in folder.glob("*.toml"))
    if name not in known:
        raise UserError(
            f"no {kind} is called {name!r}; choose one of {', '.join(known)}, or give a .toml file"
        )
    return folder / f"{name}.toml"


def build(table: Mapping[str, Any], cls: type[T], where: str) -> T:
    """Make the dataclass `cls` from `table`; `where` opens the messages of errors."""
    hints = get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cast(Any, cls))}
    for key in table:
        if key not in fields:
            raise UserError(f"{where}: unknown key {key!r}; known: {', '.join(fields)}")
    for name, field in fields.items():
        if name not in table and _is_required(field):
            raise UserError(f"{where}: the key {name!r} is missing")
    values = {key: _convert(value, hints[key], f"{where}: {key}") for key, value in table.items()}
    try:
        return cls(**values)
    except ValueError as error:
        raise UserError(f"{where}: {error}") from error


def _is_required(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _convert(value: Any, hint: Any, where: str) -> Any:
    if get_origin(hint) is UnionType:
        hint = next(arm for arm in get_args(hint) if arm is not type(None))
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        return build(value, cast(type[Any], hint), where)
    if get_origin(hint) is tuple and isinstance(value, list):
        item = get_args(hint)[0]
        return tuple(_convert(one, item, f"{where}[{n}]") for n, one in enumerate(value))
    if hint is float and type(value) is int:
        return float(value)
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise UserError(f"{where}: {value!r} is not {_name(hint)}")


def _name(hint: Any) -> str:
    names = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}
    return names.get(hint, "a table" if dataclasses.is_dataclass(hint) else "a list")
