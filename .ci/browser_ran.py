"""Fail unless pytest's report holds browser tests and not one of them was skipped, but for Node's packages' sake."""

import sys
import xml.etree.ElementTree as ET


def browser_tests(report: str) -> tuple[int, int]:
    """How many tests under tests/browser the JUnit report counts, and how many of them were skipped.

    Where Node is not installed, the test that needs one of its packages says so and counts as run: .ci/run installs
    them where it is.
    """
    cases = [case for case in ET.parse(report).iter("testcase") if "browser" in case.get("classname", "")]
    skips = [skip for case in cases if (skip := case.find("skipped")) is not None]
    return len(cases), sum("npm ci" not in skip.get("message", "") for skip in skips)


if __name__ == "__main__":
    ran, skipped = browser_tests(sys.argv[1])
    if not ran or skipped:
        raise SystemExit(f"browser tests: {ran} found, {skipped} skipped; expected some and none skipped")
    print(f"browser tests: {ran} ran, none skipped")
