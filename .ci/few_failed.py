"""Name the tests that failed, in pytest's report; fail where they are too many to be tried once more."""

import sys
import xml.etree.ElementTree as ET

MOST = 5
"""More than so many do not fail by chance."""


def failed_tests(report: str) -> list[str]:
    """The tests of the JUnit report that failed, or could not begin or end, by module and name, each once."""
    cases = ET.parse(report).iter("testcase")
    bad = [case for case in cases if any(case.find(kind) is not None for kind in ("failure", "error"))]
    return list(dict.fromkeys(f"{case.get('classname')}::{case.get('name')}" for case in bad))


if __name__ == "__main__":
    failed = failed_tests(sys.argv[1])
    if not 0 < len(failed) <= MOST:
        raise SystemExit(f"{len(failed)} tests failed; 1 to {MOST} are tried once more by themselves")
    print(
        "Failed beside others, and tried once more alone (a fault to mend, even if it passes now):", *failed, sep="\n  "
    )
