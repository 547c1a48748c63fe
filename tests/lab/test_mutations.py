# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of the mutations that `make check-mutations` runs hundreds of."""

import os
import random

import mutate_kdump
from mutate import Campaign

from lab import kernels

SAMPLE = 40
KDUMPS = 6


def test_sample(tmp_path, record_property):
    """Nothing of them makes offline.so say anything wrong; OFL_SEED repeats a sample."""
    seed = os.environ.get("OFL_SEED") or str(random.randrange(1 << 32))
    record_property("seed", seed)
    campaign = Campaign(kernels.selected()[0], seed, tmp_path)
    campaign.run(SAMPLE)
    assert not campaign.finds, "\n".join(campaign.finds)


def test_kdumps(tmp_path, record_property):
    """Files damaged before crash opens them: offline.so and crash read the same, and what is whole is right."""
    seed = os.environ.get("OFL_SEED") or str(random.randrange(1 << 32))
    record_property("seed", seed)
    campaign = mutate_kdump.Campaign(kernels.selected()[0], seed, tmp_path)
    campaign.run(KDUMPS)
    assert campaign.readers, "crash opened none of them"
    assert not campaign.finds, "\n".join(campaign.finds)
