/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * next_texts.h - sentences of kinds.def that are not true wherever they are said
 *
 * Depends on nothing. next.c says what becomes of them; the others stand in the
 * rows that they belong to.
 */
#ifndef OFL_NEXT_TEXTS_H
#define OFL_NEXT_TEXTS_H

#define OFL_NEXT_TYPES \
	"load the types of the driver's module with mod -s, and ask again"
#define OFL_NEXT_VMEM_TYPES \
	"load the types of the module with mod -s virtio_mem, and ask again"
#define OFL_NEXT_RECORDS \
	"look at its records (offowner -v): the driver is at work, or failed halfway"

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
