#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sum up the test tiers: summary.py RESULTS TIER...

A tier is all RESULTS/TIER.xml and RESULTS/TIER-*.xml, in junit's words. Says
what failed and what was skipped and why, then one line of counts. Exits 1 if
anything failed, or if a tier left no results.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ET


def results_of(results, tier):
    """-> [(file, root element or None)]"""
    files = sorted([*results.glob(f"{tier}.xml"), *results.glob(f"{tier}-*.xml")])
    roots = []
    for path in files:
        try:
            roots.append((path.stem, ET.parse(path).getroot()))
        except ET.ParseError:
            roots.append((path.stem, None))
    return roots


def count(tier, results):
    """-> passed, failed, skipped of one tier; a tier without results failed"""
    passed, failed, skipped = 0, 0, 0
    for name, root in results_of(results, tier):
        cases = [] if root is None else list(root.iter("testcase"))
        if not cases:
            print(f"FAILED {name}: no results")
            failed += 1
        for case in cases:
            # behind @ stands the group that one process ran
            label = f"{name} {re.sub('@[^]@]*$', '', case.get('name'))}"
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                print(f"FAILED {label}")
            elif case.find("skipped") is not None:
                skipped += 1
                why = case.find("skipped").get("message") or "see above"
                print(f"SKIPPED {label}: {why}")
            else:
                passed += 1
    if not passed + failed + skipped:
        print(f"FAILED {tier}: did not run")
        failed += 1
    return passed, failed, skipped


def main():
    results = pathlib.Path(sys.argv[1])
    sums = [sum(column) for column in
            zip(*(count(tier, results) for tier in sys.argv[2:]))]
    print("{} passed, {} failed, {} skipped".format(*sums))
    return 1 if sums[1] else 0


if __name__ == "__main__":
    sys.exit(main())
