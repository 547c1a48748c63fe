# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of the mutations that `make check-mutations` runs hundreds of."""

import os
import random

from mutate import Campaign

from lab import kernels

SAMPLE = 40


def test_sample(tmp_path, record_property):
    """Nothing of them makes offline.so say anything wrong; OFL_SEED repeats a sample."""
    seed = os.environ.get("OFL_SEED") or str(random.randrange(1 << 32))
    record_property("seed", seed)
    campaign = Campaign(kernels.selected()[0], seed, tmp_path)
    campaign.run(SAMPLE)
    assert not campaign.finds, "\n".join(campaign.finds)
