/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * next_texts.h - sentences of several rows, or that are not true wherever they are
 * said
 *
 * Depends on nothing. What to do next, without a full stop: columns of
 * findings.def, kinds.def and outcome.h. ofl_next_as() says otherwise what is not
 * true in a command; the others stand in the rows that they belong to.
 */
#ifndef OFL_NEXT_TEXTS_H
#define OFL_NEXT_TEXTS_H

/*
 * virtio_mem_create_resource() refuses a driver that is loaded again while its
 * memory is in use ("reloading the driver is not supported"), so nothing drops
 * these references until the kernel starts anew.
 */
#define OFL_NEXT_ORPHAN \
	"only a reboot gives it back: no driver has these pages any more"
#define OFL_NEXT_DUMP	"take a dump that has this memory, and ask again"
#define OFL_NEXT_SYMBOLS \
	"start crash with the vmlinux that has all symbols, and ask again"

#define OFL_NEXT_TYPES \
	"load the types of the driver's module with mod -s, and ask again"
#define OFL_NEXT_VMEM_TYPES \
	"load the types of the module with mod -s virtio_mem, and ask again"
#define OFL_NEXT_RECORDS \
	"look at its records (offowner -v): the driver is at work, or failed halfway"

#define OFL_NEXT_SHRINK_WHICH \
	" which sub-blocks cannot go and who holds pages of them; the driver tries again by itself"
#define OFL_NEXT_SHRINK		"offowner -v says" OFL_NEXT_SHRINK_WHICH
#define OFL_NEXT_SHRINK_HERE \
	"look at the rows of its sub-blocks, which are here: they say" \
	OFL_NEXT_SHRINK_WHICH

#define ZERO_REF_WHY	"no driver known here leaves a page so"
#define OFL_NEXT_ZERO_REF	"run offowner: " ZERO_REF_WHY
#define OFL_NEXT_ZERO_REF_HERE	"report it with this dump: " ZERO_REF_WHY
#define UNLISTED_WHY	"balloon and page disagree"
#define OFL_NEXT_UNLISTED \
	"run offcheck: " UNLISTED_WHY "; report it with this dump"
#define OFL_NEXT_UNLISTED_HERE	"report it with this dump: " UNLISTED_WHY
#define OFL_NEXT_TWICE \
	"run offcheck: it names both drivers; report it with this dump"
#define OFL_NEXT_TWICE_HERE	"report it with this dump: two drivers have the page"

#endif
