"""Lists and clears the replies that are kept on disk.

    python -m data_preparation.replies list --stage generate
    python -m data_preparation.replies clear --stage generate --model gpt-4o-mini

A cleared reply is asked for, and paid for, again when a stage needs it.
"""

import argparse
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from data_preparation.providers.store import FAILED, KEPT, Entry, Store
from model_package.errors import UserError

REPLIES = Path("runs/replies")
WIDTH = 60  # characters of a reply that the list shows


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = _parse(argv)
    try:
        if not flags.replies.is_dir():
            raise UserError(f"{flags.replies} is no folder; give --replies")
        return _list(flags) if flags.verb == "list" else _clear(flags)
    except UserError as error:
        print(f"replies: {error}", file=sys.stderr)
        return 2


def _list(flags: argparse.Namespace) -> int:
    store, chosen = Store(flags.replies), _chooser(flags)
    spent: Counter[str] = Counter()
    for entry in store.entries(FAILED if flags.failed else KEPT):
        if chosen(entry):
            print("\t".join(_row(entry)))
            reply = entry["reply"]
            spent.update(replies=1, input=reply["input_tokens"], output=reply["output_tokens"])
    words = f"{spent['replies']} replies, {spent['input']} + {spent['output']} tokens"
    print(words, file=sys.stderr)
    return 0


def _clear(flags: argparse.Namespace) -> int:
    if not (flags.stage or flags.model or flags.key or flags.all):
        raise UserError("say which replies to clear: --stage, --model, --key, or --all")
    print(f"{Store(flags.replies).clear(_chooser(flags))} replies cleared")
    return 0


def _row(entry: Entry) -> list[str]:
    reply, task = entry["reply"], entry["task"]
    said = reply["error"] or reply["text"]
    named = (task.get("stage", ""), task.get("key", ""), task.get("language", ""))
    tokens = f"{reply['input_tokens']}+{reply['output_tokens']}"
    words = " ".join(said.split())[:WIDTH]
    return [entry["key"][:12], entry["time"], entry["model"], *named, tokens, words]


def _chooser(flags: argparse.Namespace) -> Callable[[Entry], bool]:
    def chosen(entry: Entry) -> bool:
        task = entry["task"]
        return (
            (not flags.stage or task.get("stage") == flags.stage)
            and (not flags.model or entry["model"] == flags.model)
            and (not flags.key or flags.key in (task.get("key"), entry["key"][:12], entry["key"]))
        )

    return chosen


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m data_preparation.replies")
    parser.add_argument("verb", choices=("list", "clear"))
    parser.add_argument("--stage", help="generate, translate, explain, label or converse")
    parser.add_argument("--model", help="the model's name")
    parser.add_argument("--key", help="a prompt key, or the first column of the list")
    parser.add_argument("--failed", action="store_true", help="list failures instead")
    parser.add_argument("--all", action="store_true", help="clear everything")
    parser.add_argument("--replies", type=Path, default=REPLIES, help="folder of kept replies")
    return parser.parse_args(argv)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `list | head` is no error
    sys.exit(main())
