"""The command-line flags that every stage with a provider shares, and the desk they describe.

Keys come from the environment alone: a command line is seen by everyone on the machine.
"""

import argparse
import dataclasses
import logging
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from data_preparation.manifest import hash_inputs
from data_preparation.providers.caller import Caller
from data_preparation.providers.cost import Meter, Price, find_price
from data_preparation.providers.desk import Desk, Facts
from data_preparation.providers.kept import Cap, Capped, Direct, Kept
from data_preparation.providers.pace import Manners
from data_preparation.providers.ranges import check_ranges, check_url, without_secrets
from data_preparation.providers.request import Provider, Setting
from data_preparation.providers.secret import take_key
from data_preparation.providers.store import Store
from model_package.errors import UserError

PROVIDERS = ("template", "openai", "openai-batch", "transformers")
TRANSLATORS = (*PROVIDERS, "google", "seq2seq")
NAMELESS = {"template": "grammar", "google": "google-translate-v2"}
SAMPLING = {"temperature": float, "top_p": float, "top_k": int, "max_tokens": int, "seed": int}
LIBRARIES = {
    "openai": ("openai", "httpx2"),
    "openai-batch": ("openai", "httpx2"),
    "google": ("httpx2",),
    "transformers": ("torch", "transformers"),
    "seq2seq": ("torch", "transformers"),
}
REPLIES = Path("runs/replies")


def add_flags(parser: argparse.ArgumentParser, providers: Sequence[str] = PROVIDERS) -> None:
    """Add the flags of `providers`, sampling and cost to `parser`."""
    group = parser.add_argument_group("provider")
    group.add_argument("--provider", choices=providers, help="openai when a model is named")
    group.add_argument("--model", help="name or folder; or MODEL_ID")
    group.add_argument("--base-url", help="of an OpenAI-compatible endpoint; or OPENAI_BASE_URL")
    group.add_argument("--replies", type=Path, default=REPLIES, help="folder of kept replies")
    group.add_argument("--batch", type=int, default=8, help="rows at once of a local model")
    group.add_argument("--poll", type=float, default=60.0, help="seconds between looks at a batch")
    _add_manners(parser.add_argument_group("limits"))
    sampling = parser.add_argument_group("sampling")
    for name, kind in SAMPLING.items():
        sampling.add_argument(f"--{name.replace('_', '-')}", type=kind)
    cost = parser.add_argument_group("cost")
    cost.add_argument("--cap-tokens", type=float, default=math.inf, help="tokens in all, at most")
    cost.add_argument("--cap-money", type=float, default=math.inf, help="money in all, at most")
    cost.add_argument("--prices", type=Path, help="your own price list (TOML)")


def open_desk(
    flags: argparse.Namespace,
    environ: Mapping[str, str],
    nameless: str = "template",
    inputs: Iterable[Path] = (),
) -> Desk:
    """The desk that the flags, and behind them the environment, describe.

    nameless: the provider where none is chosen and no model named. inputs: the stage's files.
    """
    began = time.monotonic()
    check_ranges(flags)
    model = flags.model or environ.get("MODEL_ID", "")
    name = flags.provider or ("openai" if model else nameless)
    model = NAMELESS.get(name, model)
    if not model:
        raise UserError(f"provider {name} needs a model: give --model, or set MODEL_ID")
    meter = Meter(_price(flags, name, model), batch=name == "openai-batch")
    provider, title = _provider(name, model, flags, environ), model
    if name in ("transformers", "seq2seq"):
        model, title = f"{model}@{_fingerprint(model)}", Path(model).name
    about = _about(name, title, flags, environ)
    facts = Facts(about, hash_inputs(inputs), LIBRARIES.get(name, ()), began)
    if name == "template":
        return Desk(Direct(provider), meter, model, title, sampling(flags), facts)
    cap = Cap(flags.cap_tokens, flags.cap_money)
    capped = Capped(provider, meter, cap)
    if isinstance(provider, Caller):
        provider.may_ask, provider.may_repeat = capped.may_ask, capped.may_repeat
    kept = Kept(capped, Store(flags.replies), None if cap == Cap() else capped.remember)
    return Desk(kept, meter, model, title, sampling(flags), facts)


def _about(
    name: str, title: str, flags: argparse.Namespace, environ: Mapping[str, str]
) -> dict[str, Any]:
    """The settings that manifests name; never a key."""
    caps = {"tokens": flags.cap_tokens, "money": flags.cap_money}
    url = flags.base_url or (environ.get("OPENAI_BASE_URL") if "openai" in name else None)
    about = {"provider": name, "model": title, "source": f"{name}/{title}"}
    limits = {kind: cap if cap < math.inf else None for kind, cap in caps.items()}
    return {**about, "base_url": without_secrets(url), "caps": limits}


def sampling(flags: argparse.Namespace) -> dict[str, Setting]:
    """The sampling settings that were given."""
    given = {name: getattr(flags, name) for name in SAMPLING}
    return {name: value for name, value in given.items() if value is not None}


def _add_manners(group: "argparse._ArgumentGroup") -> None:
    for field in dataclasses.fields(Manners):
        flag = f"--{field.name.replace('_', '-')}"
        group.add_argument(flag, type=type(field.default), default=field.default)


def _manners(flags: argparse.Namespace) -> Manners:
    names = [field.name for field in dataclasses.fields(Manners)]
    return Manners(**{name: getattr(flags, name) for name in names})


def _price(flags: argparse.Namespace, name: str, model: str) -> Price | None:
    if name not in ("openai", "openai-batch", "google"):
        return None
    price = find_price(model, flags.prices)
    if price is None and flags.cap_money < math.inf:
        raise UserError(f"no price is known for {model!r}: give one by --prices, or --cap-tokens")
    return price


def _provider(
    name: str, model: str, flags: argparse.Namespace, environ: Mapping[str, str]
) -> Provider:
    """Imports what it needs: clients and models take seconds to load."""
    if name == "template":
        from data_preparation.providers.template import TemplateProvider  # noqa: PLC0415

        return TemplateProvider(flags.seed or 0)
    if name in ("transformers", "seq2seq"):
        return _local(name, Path(model), flags.batch)
    if name == "google":
        from data_preparation.providers.google import google_translate  # noqa: PLC0415

        key = take_key(environ, "GOOGLE_API_KEY")
        return google_translate(check_url(flags.base_url), key, _manners(flags))
    return _openai(name, flags, environ)


def _local(name: str, folder: Path, batch: int) -> Provider:
    if not (folder / "config.json").is_file():
        raise UserError(f"{folder} holds no model: give a folder with config.json and weights")
    logging.disable(logging.WARNING)  # libraries warn of parts that are not needed here
    if name == "transformers":
        from data_preparation.providers.local import load_local  # noqa: PLC0415

        return load_local(folder, batch)
    from data_preparation.providers.seq2seq import load_seq2seq  # noqa: PLC0415

    return load_seq2seq(folder, batch)


def _openai(name: str, flags: argparse.Namespace, environ: Mapping[str, str]) -> Provider:
    from data_preparation.providers.batch_part import Parts  # noqa: PLC0415
    from data_preparation.providers.openai_batch import OpenAIBatch  # noqa: PLC0415
    from data_preparation.providers.openai_chat import connect, openai_chat  # noqa: PLC0415

    url = check_url(flags.base_url or environ.get("OPENAI_BASE_URL"))
    manners = _manners(flags)
    client = connect(url, take_key(environ, "OPENAI_API_KEY", needless=bool(url)), manners)
    if name == "openai":
        return openai_chat(client, manners)
    return OpenAIBatch(client, Parts(flags.replies / "batches"), manners, flags.poll)


def _fingerprint(folder: str) -> str:
    from data_preparation.providers.local import fingerprint  # noqa: PLC0415

    return fingerprint(Path(folder))
