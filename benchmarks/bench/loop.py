"""The seed's loop as a process: one path a line in, one JSON line out; see `seed.py`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence

from model_package.loading import choose_device
from model_package.policy import load_policy
from model_package.profile import load_profile
from model_package.weights import weights_folder


def main(argv: Sequence[str] | None = None) -> int:
    """Answer until stdin ends."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--profile", required=True)
    parser.add_argument("--weights")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="float32")
    flags = parser.parse_args(argv)
    rows = os.dup(1)
    os.dup2(2, 1)  # what libraries print is no answer
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the project has it
    from benchmarks.bench.seed import SeedLoop  # noqa: PLC0415

    profile = load_profile(flags.profile)
    policy, folder = load_policy(profile.policy), weights_folder(profile, flags.weights)
    loop = SeedLoop(profile, policy, folder, choose_device(flags.device), flags.dtype)
    with os.fdopen(rows, "w", encoding="ascii", buffering=1) as output:
        for line in sys.stdin:
            output.write(json.dumps(loop.predict(line.rstrip("\n"))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
