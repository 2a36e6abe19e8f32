"""Settings that must stand before any test imports torch."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the runtime sets it; see loading.py
