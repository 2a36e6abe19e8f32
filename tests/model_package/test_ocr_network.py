"""The memory of RapidOCR's networks, in a process of their own."""

import subprocess
import sys

READ = """
from pathlib import Path
import numpy as np
from model_package.ocr_rapid import Rapid

def mib():
    return int(Path("/proc/self/statm").read_text().split()[1]) / 256

def look(reader, width, height):
    reader.detector.run(np.zeros((1, 3, height, width), np.float32))
    reader.recognizer.run(np.zeros((1, 3, 48, width), np.float32))

first = Rapid(736, 1)
look(first, 736, 736)
most = mib()
second = Rapid(736, 1)
look(second, 736, 736)
for step in range(6):
    look(second, 320 + 64 * step, 672 - 64 * step)
print(mib() - most)
"""


def test_a_second_reader_and_other_sizes_take_no_more_than_the_largest_picture_took() -> None:
    """It took 156 MiB more where each network had a pool of its own, and 7 from one."""
    run = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 32
