"""Settings that must stand before any test imports torch, or sends a signal."""

import os
import signal

from hypothesis import settings

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the runtime sets it; see loading.py
settings.load_profile("ci")  # the same examples each time, however busy the machine is
# A shell starts jobs in the background deaf to SIGINT, and so are their children; tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)
