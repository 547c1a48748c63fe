// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reader.c - read the pages of a kdump-compressed file beside crash
 *
 * crash takes four system calls and a count of up to 4096 bits for every page,
 * and an older inflate; kdump.c does without, at less than half the price. It
 * is not believed for that: crash reads a fixed sample of the same pages too.
 * One that differs ends the command, with both named, and the second reader
 * for the rest of the session.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crash/process.h"
#include "crash/reader.h"

#define SAMPLE_BITS	7	/* one page of 128 ... */
#define FIRST_PAGES	64	/* ... and in each command these */

static struct ofl_kdump *kdump;
static bool reads;		/* false: it only says which pages are damaged */
static char why_host[sizeof(((struct ofl_err *)0)->text)];	/* "": we read */
static bool differ;
static uint64_t differ_kva;
static uint64_t first_stamp;	/* of the file when this session began */
static unsigned int first_left;	/* of FIRST_PAGES, in the process that opened it */
static pid_t opened_by;

static void leave_it(const char *why)
{
	snprintf(why_host, sizeof(why_host), "%s", why);
}

static void open_kdump(const struct ofl_crash_source *from)
{
	int fd = ofl_crash_descriptor_of(from->path);
	struct ofl_err err;

	if (fd < 0)
		leave_it("the dump's file is not the one that crash opened");
	else if (ofl_kdump_open(fd, from->page_bytes, &kdump, &err))
		leave_it(err.text);
	else if (ofl_kdump_why_not(kdump))
		leave_it(ofl_kdump_why_not(kdump));
}

void ofl_crash_open_reader(const struct ofl_crash_source *from, bool host)
{
	ofl_crash_close_reader();
	first_left = FIRST_PAGES;
	opened_by = getpid();
	if (!first_stamp)
		first_stamp = from->stamp;
	why_host[0] = '\0';
	if (differ_kva)
		leave_it("the two readers disagreed earlier in this session");
	else if (from->why_host)
		leave_it(from->why_host);
	else if (from->stamp != first_stamp)
		/* crash goes on with the bitmaps that it found at its start */
		leave_it("the dump was written to in this session");
	else
		open_kdump(from);
	if (host && !why_host[0])
		leave_it("-C");
	reads = !why_host[0];
}

void ofl_crash_close_reader(void)
{
	ofl_kdump_close(kdump);
	kdump = NULL;
	reads = false;
	differ = false;
}

struct ofl_kdump *ofl_crash_reader(void)
{
	return reads ? kdump : NULL;
}

bool ofl_crash_can_tell(void)
{
	return kdump;
}

bool ofl_crash_is_short(uint64_t pfn)
{
	return kdump && ofl_kdump_is_short(kdump, pfn);
}

/*
 * The same pages in every process, so that a process that reads again what a
 * worker has read samples the same; and spread, as walks go by powers of two.
 * The command's own process begins with more: mem_section is a few pages, and a
 * reader that reads these wrong may never come to a page that is a sample.
 */
bool ofl_crash_is_sample(uint64_t pfn)
{
	if (first_left && getpid() == opened_by) {
		first_left--;
		return true;
	}
	return (pfn * 0x9e3779b97f4a7c15ull) >> (64 - SAMPLE_BITS) == 0;
}

void ofl_crash_distrust(uint64_t kva)
{
	ofl_crash_close_reader();
	leave_it("the two readers disagreed");
	differ = true;
	differ_kva = kva;
}

void ofl_crash_reading(void *ctx, struct ofl_reading *ret)
{
	(void)ctx;
	*ret = (struct ofl_reading){
		.why_host = reads ? NULL : why_host,
		.differ = differ,
		.differ_kva = differ_kva,
	};
}
