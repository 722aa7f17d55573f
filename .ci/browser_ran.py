"""Fail unless pytest's report holds browser tests and not one of them was skipped."""

import sys
import xml.etree.ElementTree as ET


def browser_tests(report: str) -> tuple[int, int]:
    """How many tests under tests/browser the JUnit report counts, and how many of them were skipped."""
    cases = [case for case in ET.parse(report).iter("testcase") if "browser" in case.get("classname", "")]
    return len(cases), sum(case.find("skipped") is not None for case in cases)


if __name__ == "__main__":
    ran, skipped = browser_tests(sys.argv[1])
    if not ran or skipped:
        raise SystemExit(f"browser tests: {ran} found, {skipped} skipped; expected some and none skipped")
    print(f"browser tests: {ran} ran, none skipped")
