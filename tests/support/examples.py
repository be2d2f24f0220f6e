"""The bundled examples, for tests of every part."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSPECTIONS = ROOT / "inspections"
ASHMERE = tuple(sorted((INSPECTIONS / "ashmere").glob("ashmere-*.yaml")))
ROTHERHAM = tuple(sorted((INSPECTIONS / "rotherham").glob("rotherham-*.yaml")))
LONG = INSPECTIONS / "ashmere" / "ashmere-2012-09.yaml"
NEXT = INSPECTIONS / "ashmere" / "ashmere-2015-02.yaml"
