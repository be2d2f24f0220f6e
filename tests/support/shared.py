"""Real reports that the tests read where they are at hand, beside the checkout; they are not part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
SEED_2012 = SHARED / "seed" / "rotherham-2012-07.txt"
SEED_2014 = SHARED / "seed" / "rotherham-2014-11.txt"

needs_seed = pytest.mark.skipif(
    not (SEED_2012.is_file() and SEED_2014.is_file()), reason="the two real reports are not beside the checkout"
)
