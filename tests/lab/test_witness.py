# SPDX-License-Identifier: GPL-2.0-or-later
"""Is the lab itself to be trusted?  No offline.so here: the guest's word, QEMU's
figures and stock crash's own reading of the same dump must agree first."""

from lab import truth as t


def test_qemu_accounts_for_every_page(stock, truth):
    """Offline pages are what the balloon took and what virtio-mem left out of its blocks."""
    stale = len(stock) - len(set(stock) & t.pfns(t.block_pages(truth, "online")))
    assert t.count(truth["offline"]) + stale == t.expected_offline(truth)


def test_each_device_has_what_it_left_out(truth):
    """A device's region holds at least its own unplugged pages; the balloon may add to them."""
    for name, start, end, left_out in t.devices(truth):
        inside = t.count(t.within(truth["offline"], start, end))
        stale = t.count(t.within(t.block_pages(truth, "offline"), start, end))
        assert left_out - stale <= inside <= left_out + t.balloon_pages(truth), name


def test_stock_crash_sees_the_same_pages(stock, truth):
    """`kmem -m` over the dump equals kpageflags in the guest, pfn by pfn."""
    online = t.pfns(t.block_pages(truth, "online"))
    assert not t.differences(set(stock) & online, t.pfns(truth["offline"]))


def test_stale_pages_are_only_in_offlined_blocks(stock, truth):
    """What kpageflags does not show lies in blocks that are offline, with no reference left."""
    stale = {pfn: refcount for pfn, (refcount, _) in stock.items() if t.block_of(truth, pfn)[1]["state"] != "online"}
    assert bool(stale) == any(block["state"] == "offline" for block in truth["blocks"].values())
    assert set(stale.values()) <= {0}
