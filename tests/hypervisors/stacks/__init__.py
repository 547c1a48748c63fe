# SPDX-License-Identifier: GPL-2.0-or-later
"""One file a hypervisor: how a guest gets onto it, and how its memory becomes a dump.

Each offers get(series, case), which makes the dump when the cache does not have it.
"""
