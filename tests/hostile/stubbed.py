"""The whole command, with the stub worker in the place of the real one."""

import sys
from functools import partial

from model_package import __main__ as program
from model_package.process import WorkerProcess


def main() -> int:
    """As `python -m model_package`."""
    stub = partial(WorkerProcess, module="tests.hostile.stub_worker")
    vars(program)["WorkerProcess"] = stub
    return program.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
