/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer.h - what a reader of a dump says of a page
 *
 * Depends on nothing.
 */
#ifndef OFL_DUMP_ANSWER_H
#define OFL_DUMP_ANSWER_H

/** enum ofl_dump_page - what a reader of a dump's file says of a page */
enum ofl_dump_page {
	OFL_DUMP_READ,
	OFL_DUMP_ASK_HOST,
	/*
	 * Stored as it is, and yet shorter than a block. The host would give
	 * the rest of another page, and success: cache_page() of crash's
	 * diskdump.c copies a block whatever page_desc.size is (9.0.2).
	 */
	OFL_DUMP_SHORT,
};

#endif
