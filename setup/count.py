"""Add up the parts of a test run: one last line, `tests: N passed, N failed`."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def count(folder: Path) -> tuple[int, int]:
    """Passed and failed tests of every JUnit file in the folder; an error counts as failed."""
    ran = failed = 0
    for path in sorted(folder.glob("*.xml")):
        for suite in ET.parse(path).iter("testsuite"):
            ran += int(suite.get("tests", 0)) - int(suite.get("skipped", 0))
            failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return ran - failed, failed


if __name__ == "__main__":
    print("tests: {} passed, {} failed".format(*count(Path(sys.argv[1]))))
