// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reader.c - read the pages of a dump beside crash
 *
 * crash takes four system calls and a count of up to 4096 bits for every page
 * of a kdump, and an older inflate; dump.c does without, at less than half the
 * price. It is not believed for that: crash reads a fixed sample of the same
 * pages too. One that differs ends the command, with both named, and the second
 * reader for the rest of the session.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash/process.h"
#include "crash/reader.h"

#define SAMPLE_BITS	7	/* one page of 128 ... */
#define FIRST_PAGES	64	/* ... and in each command these */
#define MAX_FILES	256	/* of crash that are looked at for parts of the dump */

static struct ofl_dump *dump;
static int dump_fd;
static uint64_t dump_stamp;	/* of its files when it was opened */
static bool in_command;		/* still true at the next one: crash left it by a jump */
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

static void drop(void)
{
	ofl_dump_close(dump);
	dump = NULL;
}

/* another number when one of several files was written to */
static uint64_t parts_stamp(void)
{
	uint64_t stamp = 0;
	struct stat st;
	size_t i;
	int fd;

	for (i = 0; dump && (fd = ofl_dump_part_fd(dump, i)) >= 0; i++)
		if (!fstat(fd, &st))
			stamp = stamp * 31 + (uint64_t)st.st_mtim.tv_sec *
				1000000000 + (uint64_t)st.st_mtim.tv_nsec;
	return stamp;
}

static void open_dump(const struct ofl_crash_source *from)
{
	int fds[MAX_FILES];
	struct ofl_dump_files files = {
		.fd = ofl_crash_descriptor_of(from->path),
		.others = fds,
	};
	struct ofl_err err;

	/* that of a stream, from another command */
	if (dump && (files.fd != dump_fd || parts_stamp() != dump_stamp))
		drop();
	if (files.fd >= 0 && !dump)
		files.nr_others = ofl_crash_descriptors(fds, MAX_FILES);
	if (files.fd < 0)
		leave_it("the dump's file is not the one that crash opened");
	else if (!dump && ofl_dump_open(&files, from->page_bytes, &dump, &err))
		leave_it(err.text);
	else if (ofl_dump_why_not(dump))
		leave_it(ofl_dump_why_not(dump));
	dump_fd = files.fd;
	dump_stamp = parts_stamp();
}

/* NULL: it may be tried */
static const char *cannot_read(const struct ofl_crash_source *from)
{
	if (differ_kva)
		return "the two readers disagreed earlier in this session";
	if (from->why_host)
		return from->why_host;
	/* crash goes on with the bitmaps that it found at its start */
	if (from->stamp != first_stamp)
		return "the dump was written to in this session";
	return NULL;
}

void ofl_crash_open_reader(const struct ofl_crash_source *from, bool host)
{
	const char *why;

	if (in_command)
		drop();
	ofl_crash_close_reader();
	in_command = true;
	first_left = FIRST_PAGES;
	opened_by = getpid();
	if (!first_stamp)
		first_stamp = from->stamp;
	leave_it("");
	why = cannot_read(from);
	if (why) {
		leave_it(why);
		drop();
	} else {
		open_dump(from);
	}
	if (host && !why_host[0])
		leave_it("-C");
	reads = !why_host[0];
}

/* finding the pieces of a stream takes longer than a command should */
void ofl_crash_close_reader(void)
{
	if (dump && !ofl_dump_is_stream(dump))
		drop();
	ofl_dump_keep(dump, false);
	in_command = false;
	reads = false;
	differ = false;
}

void ofl_crash_forget_reader(void)
{
	ofl_crash_close_reader();
	drop();
}

struct ofl_dump *ofl_crash_reader(void)
{
	return reads ? dump : NULL;
}

bool ofl_crash_can_tell(void)
{
	return dump;
}

bool ofl_crash_is_short(uint64_t pfn)
{
	return dump && ofl_dump_is_short(dump, pfn);
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
	drop();
	reads = false;
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
		.failed = reads && ofl_dump_failed(dump),
	};
}
