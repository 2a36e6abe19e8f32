"""The flags of `python -m local_test run`, and the limits that they choose."""

import argparse
from dataclasses import replace
from pathlib import Path

from local_test.running.presets import PRESETS, Preset, size
from model_package.errors import UserError

IMAGE = "memesieve:pocket-cpu"
SAMPLES = Path("local_test/test_images")
OUTPUT = Path("local_test/test_output")


def parser(description: str) -> argparse.ArgumentParser:
    """The flags."""
    made = argparse.ArgumentParser(
        prog="python -m local_test run",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--image", help=f"a name, or a file of docker save; default {IMAGE}")
    add("--plain", action="store_true", help="a plain process, without Docker")
    add("--command", help="the plain program, instead of python -m model_package")
    add("--images", type=Path, default=SAMPLES, help="folder that is /images")
    add("--stdin", type=Path, help="paths, one a line; default: each of the images")
    add("--output", type=Path, default=OUTPUT, help=f"for what the run leaves; default {OUTPUT}")
    add("--evidence", action="store_true", help="keep what was read, for the report; plain: always")
    add("--rows", action="store_true", help="print the rows before the verdict")
    add("--preset", choices=PRESETS, default="guide", help="how much it may use; default guide")
    add("--cpus", type=float, help="processors, instead of the preset's")
    add("--memory", help="memory, such as 4g, instead of the preset's")
    add("--time-limit", type=float, metavar="SECONDS", help="instead of the preset's")
    add("--log-limit", metavar="SIZE", help="of stderr, such as 64k, instead of the preset's")
    return made


def chosen(flags: argparse.Namespace) -> Preset:
    """The preset, with what flags say instead; raises `UserError`."""
    given = {
        "cpus": flags.cpus,
        "memory": flags.memory,
        "seconds": flags.time_limit,
        "log_bytes": size(flags.log_limit) if flags.log_limit else None,
    }
    said = {key: value for key, value in given.items() if value is not None}
    preset = replace(PRESETS[flags.preset], **said)
    size(preset.memory)
    if not (preset.cpus > 0 and preset.seconds > 0):
        raise UserError("--cpus and --time-limit must be above zero")
    if flags.image and (flags.plain or flags.command):
        raise UserError("--image is run by Docker; leave out --plain and --command")
    if flags.evidence and flags.command:
        raise UserError("--evidence is this project's own; leave it out where --command is given")
    return preset
