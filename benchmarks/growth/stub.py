"""The real command over the stub worker: `python -m benchmarks.growth.stub` takes its flags."""

import sys
from functools import partial

from model_package import __main__ as command
from model_package.process import WorkerProcess

if __name__ == "__main__":
    worker = partial(WorkerProcess, module="benchmarks.growth.stub_worker")
    setattr(command, "WorkerProcess", worker)  # noqa: B010 - to mypy it is a class
    sys.exit(command.main(sys.argv[1:]))
