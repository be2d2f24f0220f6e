"""Makes the Word shells of this folder out of the .fodt beside them, with LibreOffice Writer. Run it after a change.

The shells are kept, so that the tests need no LibreOffice; what another version of it makes may differ.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    office = sys.argv[1] if len(sys.argv) > 1 else "soffice"
    with tempfile.TemporaryDirectory() as profile:
        command = [office, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "docx"]
        sources = map(str, sorted(HERE.glob("*.fodt")))
        subprocess.run([*command, "--outdir", str(HERE), *sources], check=True)


if __name__ == "__main__":
    main()
