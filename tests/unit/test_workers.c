// SPDX-License-Identifier: GPL-2.0-or-later
/* test_workers.c - the sinks hear the same from any number of workers */
#include "unit.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "kernel.h"
#include "layout/load.h"
#include "scan/recall.h"
#include "scan/scan.h"
#include "story.h"
#include "scan/workers.h"

#define SECTIONS	40

static struct kernel k;
static struct texttarget tt;
static struct ofl_target target;	/* tt's, which can be copied */
static struct ofl_memory_ops memory;
static struct ofl_host_ops host;
static struct ofl_layout *l;
static struct ofl_nodes n;
static struct ofl_filter f;
static struct ofl_scan_request req;
static struct ofl_scan_result r;
static struct ofl_err err;
static struct ofl_sharing sharing;

/* what start() does to a worker, the turn of which it is */
static enum {
	FINE, REFUSED, CUT, KILLED, HANGS, RAVES, FLIPS, LOSES, DOUBLES, DIFFERS
} trouble;
static unsigned int victim;
static long trouble_at;		/* bytes or reads from its start */
static unsigned int starts, stops;
static pid_t parent;
static bool differ;		/* in this process two readers disagreed */
static bool slow;		/* reads take their time */
static bool summing;		/* a sink adds up struct pages, too */

static uint64_t *memmap_reads;	/* of all processes: shared */
static struct story story;
static int runs;		/* of pages that are not like the others */
static struct ofl_recall recall;

/* ---- a pipe that takes a part of what it is given ---- */

static size_t takes;		/* bytes at once; 0: all */
static unsigned long writes;

/* as one does when a signal comes while it is full */
ssize_t write(int fd, const void *p, size_t bytes)
{
	if (takes && ++writes % 3 == 0) {
		errno = EINTR;
		return -1;
	}
	return syscall(SYS_write, fd, p,
		       takes && bytes > takes ? takes : bytes);
}

/* ---- a target that can be copied ---- */

static void say_sharing(void *ctx, struct ofl_sharing *ret)
{
	(void)ctx;
	*ret = sharing;
}

#define NOTE_BYTES	56	/* with its seal */

/* what is @from there comes @at: a piece between is lost, or comes twice */
static void move_rest(int fd, long from, long at)
{
	static unsigned char rest[1 << 20];
	ssize_t got = pread(fd, rest, sizeof(rest), from);

	if (got <= 0)
		return;
	assert_int_equal(ftruncate(fd, at), 0);
	assert_int_equal(pwrite(fd, rest, (size_t)got, at), got);
}

static void flip_a_bit(int fd)
{
	unsigned char byte;

	if (pread(fd, &byte, 1, trouble_at) != 1)
		return;
	byte ^= (unsigned char)(1u << random() % 8);
	assert_int_equal(pwrite(fd, &byte, 1, trouble_at), 1);
}

static void damage(int fd)
{
	unsigned char raving[200];

	switch (trouble) {
	case CUT:
		assert_int_equal(ftruncate(fd, trouble_at), 0);
		break;
	case RAVES:
		memset(raving, random() % 256, sizeof(raving));
		assert_true(pwrite(fd, raving, sizeof(raving), trouble_at) > 0);
		break;
	case FLIPS:
		flip_a_bit(fd);
		break;
	case LOSES:
		move_rest(fd, trouble_at + NOTE_BYTES, trouble_at);
		break;
	case DOUBLES:
		move_rest(fd, trouble_at, trouble_at + NOTE_BYTES);
		break;
	default:
		break;
	}
}

static bool is_damage(void)
{
	return trouble == CUT || (trouble >= RAVES && trouble <= DOUBLES);
}

/* in a copy: what it would have said, with some of it damaged or missing */
static void tell_badly(void (*work)(void *arg, int fd), void *arg, int to)
{
	FILE *file = tmpfile();
	char some[512];
	ssize_t got;

	work(arg, fileno(file));
	damage(fileno(file));
	lseek(fileno(file), 0, SEEK_SET);
	while ((got = read(fileno(file), some, sizeof(some))) > 0)
		if (write(to, some, (size_t)got) != got)
			break;
}

/* in this process, into a file: what cannot be waited for cannot hang */
static bool start_here(void *ctx, void (*work)(void *arg, int fd), void *arg,
		       struct ofl_process *ret)
{
	FILE *file = tmpfile();

	(void)ctx;
	if (trouble == REFUSED && starts == victim) {
		fclose(file);
		starts++;
		return false;
	}
	work(arg, fileno(file));
	if (starts == victim)
		damage(fileno(file));
	ret->pid = (int)++starts;
	ret->fd = dup(fileno(file));
	fclose(file);
	lseek(ret->fd, 0, SEEK_SET);
	return true;
}

static void stop_here(void *ctx, struct ofl_process *process)
{
	(void)ctx;
	close(process->fd);
	stops++;
}

/* for real */
static bool start_fork(void *ctx, void (*work)(void *arg, int fd), void *arg,
		       struct ofl_process *ret)
{
	int ends[2];

	(void)ctx;
	assert_int_equal(pipe(ends), 0);
	ret->pid = fork();
	if (!ret->pid) {
		tt.reads = 0;
		if (starts != victim)
			trouble = FINE;
		if (is_damage())
			tell_badly(work, arg, ends[1]);
		else
			work(arg, ends[1]);
		_exit(0);
	}
	starts++;
	close(ends[1]);
	ret->fd = ends[0];
	return ret->pid > 0;
}

static void stop_fork(void *ctx, struct ofl_process *process)
{
	(void)ctx;
	kill(process->pid, SIGKILL);
	assert_int_equal(waitpid(process->pid, NULL, 0), process->pid);
	close(process->fd);
	stops++;
}

static enum ofl_read (*tt_read)(void *ctx, uint64_t kva, void *buf,
				size_t bytes);

static void say_reading(void *ctx, struct ofl_reading *ret)
{
	(void)ctx;
	*ret = (struct ofl_reading){ .differ = differ };
}

static enum ofl_read troubled_read(void *ctx, uint64_t kva, void *buf,
				   size_t bytes)
{
	enum ofl_read got;

	if (getpid() != parent && (long)tt.reads >= trouble_at) {
		if (trouble == KILLED)
			raise(SIGKILL);
		while (trouble == HANGS)
			pause();
		differ = trouble == DIFFERS;
	}
	/* so that each comes to take a section now and then */
	if (slow && random() % 16 == 0)
		usleep((useconds_t)(random() % 200));
	if (kva >= K_VMEMMAP)
		__atomic_fetch_add(memmap_reads, 1, __ATOMIC_RELAXED);
	got = tt_read(ctx, kva, buf, bytes);
	if (differ && getpid() != parent)
		memset(buf, 0, bytes);
	return got;
}

static void can_be_copied(bool for_real)
{
	memory = *tt.target.memory;
	host = *tt.target.host;
	tt_read = memory.read;
	memory.read = troubled_read;
	host.sharing = say_sharing;
	host.reading = say_reading;
	host.start = for_real ? start_fork : start_here;
	host.stop = for_real ? stop_fork : stop_here;
	target = tt.target;
	target.memory = &memory;
	target.host = &host;
}

/* ---- a kernel with something of everything ---- */

static void at_random(uint64_t pages)
{
	uint64_t pfn = (uint64_t)random() % (SECTIONS * pages);
	uint64_t count = 1 + (uint64_t)random() % (random() % 8 ? 3 : 500);
	uint64_t zone = kernel_zone_bits(random() % 2, 1 + random() % 2);

	if (pfn + count > SECTIONS * pages)
		return;
	switch (random() % 8) {
	case 0:
		kernel_pages(&k, pfn, count, 0, 0, 0);
		break;
	case 1:
		kernel_line(&k, "excluded %" PRIx64 " 1000",
			    K_VMEMMAP + pfn / 64 * 4096);
		break;
	case 2:
		kernel_pages(&k, pfn, 1, kernel_zone_bits(1, 3), K_NO_TYPE, 1);
		break;
	case 3:
		kernel_pages(&k, pfn, 1, ~0ull, ~0u, -1);
		break;
	default:
		kernel_pages(&k, pfn, count, zone | (random() % 2 ? K_DIRTY : 0),
			     K_OFFLINE, (int32_t)(random() % 2));
	}
}

static void load(void)
{
	uint64_t pages = kernel_section_pages(&k), nr;
	int i;

	kernel_open(&k);
	kernel_zone(&k, 0, 1, 0, SECTIONS * pages);
	kernel_zone(&k, 1, 2, 0, SECTIONS * pages);
	kernel_zone(&k, 0, 2, 0, SECTIONS * pages);
	kernel_zone(&k, 1, 1, 0, SECTIONS * pages);
	for (nr = 0; nr < SECTIONS; nr++) {
		kernel_section(&k, nr, nr % 7 == 6 ? K_LIVE & ~K_ONLINE : K_LIVE,
			       nr % 5 == 4 ? 5 : ~0ull);
		kernel_pages(&k, nr * pages, pages, K_LRU |
			     kernel_zone_bits(0, 1), K_NO_TYPE, 1);
	}
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, K_ROOT + 16 * 9,
		    (K_VMEMMAP + 0x100000) | K_LIVE);
	for (i = 0; i < runs; i++)
		at_random(pages);
	kernel_nodes(&k, &tt, l, &n);
	if (ofl_section_find_vmemmap(&tt.target, l, &err))
		fail_msg("%s", err.text);
	f = (struct ofl_filter){ .hi_pfn = l->nr_sections * l->section_pages,
				 .node = -1 };
	req = (struct ofl_scan_request){ .filter = &f };
}

static int set_up_with(int number)
{
	runs = number;
	kernel_init(&k);
	l = calloc(1, sizeof(*l));
	memset(&n, 0, sizeof(n));
	trouble = FINE;
	differ = slow = summing = false;
	story.fail_call = 0;
	sharing = (struct ofl_sharing){ .processors = 4, .decompresses = true };
	parent = getpid();
	memmap_reads = mmap(NULL, sizeof(*memmap_reads), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(memmap_reads != MAP_FAILED);
	unit_seed();
	load();
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	return set_up_with(600);
}

/* most sections have nothing that forbids to keep them */
static int set_up_calm(void **state)
{
	(void)state;
	return set_up_with(40);
}

static int drop(void **state)
{
	(void)state;
	takes = 0;
	munmap(memmap_reads, sizeof(*memmap_reads));
	ofl_recall_free(&recall);
	ofl_nodes_free(&n);
	texttarget_free(&tt);
	free(l);
	return 0;
}

/* ---- a sink that adds up struct pages, by units of sections ---- */

#define UNIT_SECTIONS	3

/** struct pages_sum - of a section; what it is depends on the unit before it */
struct pages_sum {
	uint64_t pages, hash;
	uint64_t unit, of_unit;		/* carried from section to section */
};

static struct pages_sum sum, behind;

static uint64_t span_some(void *arg, const struct ofl_section *s,
			  const struct ofl_page *p, uint64_t pages)
{
	(void)arg, (void)s, (void)p;
	return pages > 5 ? 5 : pages;
}

static enum ofl_status sum_known(void *arg, const struct ofl_section *s,
				 const struct ofl_page *p, uint64_t pages,
				 const unsigned char *raw,
				 const unsigned char *raw_end)
{
	(void)arg, (void)raw_end;
	if (sum.unit != s->nr / UNIT_SECTIONS + 1)
		sum.of_unit = 0;
	sum.unit = s->nr / UNIT_SECTIONS + 1;
	sum.of_unit += pages;
	sum.pages += pages;
	sum.hash = sum.hash * 31 + p->pfn + p->flags + raw[0] + sum.of_unit;
	return OFL_OK;
}

static void sum_take(void *arg, void *part)
{
	(void)arg;
	memcpy(part, &sum, sizeof(sum));
	sum.pages = sum.hash = 0;
}

static enum ofl_status sum_add(void *arg, const struct ofl_section *s,
			       const void *part)
{
	struct story *to = arg;

	memcpy(&behind, part, sizeof(behind));
	if (behind.pages)
		fprintf(to->f, "sum %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIx64 "\n",
			s->nr, behind.pages, behind.of_unit, behind.hash);
	return OFL_OK;
}

static void sum_resume(void *arg)
{
	(void)arg;
	sum = behind;
	sum.pages = sum.hash = 0;
}

static enum ofl_status sum_done(void *arg, const struct ofl_section *s)
{
	struct pages_sum part;

	if (!sum.pages)
		return OFL_OK;
	sum_take(arg, &part);
	return sum_add(arg, s, &part);
}

static const struct ofl_sink sum_sink = {
	.known = sum_known, .span = span_some, .done = sum_done, .arg = &story,
	.sum = { sizeof(sum), UNIT_SECTIONS, sum_take, sum_add, sum_resume },
};

/* -> all that is to be heard of a scan with so many workers; free() it */
static char *listen_to(unsigned int workers, enum ofl_status want)
{
	const struct ofl_sink sinks[] = { story_sink(&story), sum_sink };
	enum ofl_status st;

	story_begin(&story);
	starts = stops = 0;
	*memmap_reads = 0;
	req.workers = workers;
	memset(&sum, 0, sizeof(sum));
	memset(&behind, 0, sizeof(behind));
	st = ofl_scan(&target, l, &n, &req, sinks, summing ? 2 : 1, &r, &err);
	assert_int_equal(st, want);
	story_end(&story, &r, n.nr_zones);
	ofl_scan_result_free(&r);
	assert_int_equal(stops, starts - (trouble == REFUSED));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	return story.text;
}

static void expect_same(const char *alone, unsigned int workers)
{
	char *together = listen_to(workers, OFL_OK);

	assert_int_equal(starts, workers - 1);	/* this process is one of them */
	assert_string_equal(together, alone);
	free(together);
}

static void same_for_any_number(bool for_real)
{
	static const unsigned int number[] = { 2, 3, 7, 8 };
	uint64_t reads;
	char *alone;
	size_t i;

	can_be_copied(for_real);
	alone = listen_to(1, OFL_OK);
	reads = *memmap_reads;
	assert_int_equal(starts, 0);
	for (i = 0; i < ARRAY_LEN(number); i++) {
		expect_same(alone, number[i]);
		/* no section was looked at twice */
		assert_int_equal(*memmap_reads, reads);
	}
	free(alone);
}

static void test_same_for_any_number(void **state)
{
	(void)state;
	same_for_any_number(false);
	same_for_any_number(true);
	slow = true;
	same_for_any_number(true);
	req.every_page = true;
	same_for_any_number(false);
	f.lo_pfn = 1500;
	f.hi_pfn = 22222;
	same_for_any_number(true);
	f.node = 1;
	same_for_any_number(false);
}

/* what did not fit is written behind it, so that nothing is read again */
static void test_pipe_takes_a_part(void **state)
{
	(void)state;
	takes = 1000;
	same_for_any_number(true);
}

/* what was kept is not read by anybody, and the rest is kept from then on */
static void test_with_some_kept(void **state)
{
	uint64_t end = f.hi_pfn, kept;
	char *alone;
	int round;

	(void)state;
	can_be_copied(true);
	slow = true;
	alone = listen_to(1, OFL_OK);
	req.recall = &recall;
	for (round = 0; round < 10; round++) {
		ofl_recall_free(&recall);
		f.lo_pfn = (uint64_t)random() % (end / 2);
		f.hi_pfn = f.lo_pfn + (uint64_t)random() % (end / 2) + 1;
		free(listen_to(2, OFL_OK));
		f.lo_pfn = 0;
		f.hi_pfn = end;
		expect_same(alone, 2 + (unsigned int)(random() % 3));
		kept = recall.nr_sections;
		expect_same(alone, 3);
		assert_int_equal(recall.nr_sections, kept);
	}
	assert_in_range(kept, 5, SECTIONS);
	free(alone);
}

/* whatever becomes of a worker, the others and the parent make up for it */
static void test_one_is_lost(void **state)
{
	char *alone;
	int round;

	(void)state;
	can_be_copied(false);
	alone = listen_to(1, OFL_OK);
	for (round = 0; round < 40; round++) {
		trouble = round % 2 ? CUT : REFUSED;
		victim = (unsigned int)(random() % 2);
		trouble_at = random() % 20000;
		expect_same(alone, 3);
	}
	can_be_copied(true);
	slow = true;
	for (round = 0; round < 24; round++) {
		trouble = round % 2 ? KILLED : CUT;
		victim = (unsigned int)(random() % 2);
		trouble_at = random() % (round % 2 ? 150 : 10000);
		expect_same(alone, 3);
	}
	free(alone);
}

/* bytes that no worker wrote, or not there: nothing of them is believed */
static void test_one_raves(void **state)
{
	char *alone;
	int round;

	(void)state;
	can_be_copied(false);
	alone = listen_to(1, OFL_OK);
	victim = 0;
	for (round = 0; round < 100; round++) {
		trouble = RAVES + round % 4;
		trouble_at = random() % 6000 / 8 * 8;
		expect_same(alone, 2);
	}
	can_be_copied(true);
	slow = true;
	for (round = 0; round < 12; round++) {
		trouble = RAVES + round % 4;
		victim = (unsigned int)(random() % 2);
		trouble_at = random() % 3000 / NOTE_BYTES * NOTE_BYTES;
		expect_same(alone, 3);
	}
	free(alone);
}

/* what it read from then on is not told: the parent looks there itself */
static void test_one_has_readers_that_differ(void **state)
{
	char *alone;
	int round;

	(void)state;
	can_be_copied(true);
	alone = listen_to(1, OFL_OK);
	for (round = 0; round < 12; round++) {
		trouble = DIFFERS;
		victim = (unsigned int)(random() % 2);
		trouble_at = random() % 150;
		expect_same(alone, 3);
	}
	free(alone);
	/* and it meets the same, when it was no accident; nothing is kept */
	differ = true;
	req.recall = &recall;
	free(listen_to(3, OFL_ERR_CONFLICT));
	assert_int_equal(recall.nr_sections, 0);
}

static void test_interrupted_while_one_hangs(void **state)
{
	char *heard;

	(void)state;
	can_be_copied(true);
	trouble = HANGS;
	victim = 0;
	trouble_at = 40;
	tt.interrupt_after = 5;
	heard = listen_to(2, OFL_OK);
	assert_non_null(strstr(heard, " 1\n"));
	free(heard);
}

static void test_a_sink_ends_it(void **state)
{
	(void)state;
	can_be_copied(true);
	for (story.fail_call = 1; story.fail_call < 40; story.fail_call += 7) {
		free(listen_to(3, OFL_ERR_OUTPUT));
		assert_int_equal(story.nr_calls, story.fail_call);
	}
}

static enum ofl_status see_known(void *arg, const struct ofl_section *s,
				 const struct ofl_page *p, uint64_t pages,
				 const unsigned char *raw,
				 const unsigned char *raw_end)
{
	(void)arg, (void)s, (void)p, (void)pages, (void)raw, (void)raw_end;
	return OFL_OK;
}

/* what a sink adds up of struct pages is the same, too, in whatever process */
static void test_sums(void **state)
{
	summing = true;
	test_same_for_any_number(state);
	drop(state);
	set_up(state);
	summing = true;
	test_one_is_lost(state);
	drop(state);
	set_up(state);
	summing = true;
	test_one_raves(state);
}

/* struct pages do not go through a pipe */
static void test_who_sees_every_page_is_alone(void **state)
{
	const struct ofl_sink sink = { .known = see_known };

	(void)state;
	can_be_copied(false);
	starts = 0;
	req.workers = 4;
	assert_int_equal(ofl_scan(&target, l, &n, &req, &sink, 1, &r, &err),
			 OFL_OK);
	ofl_scan_result_free(&r);
	assert_int_equal(starts, 0);
}

static void test_no_more_than_sections(void **state)
{
	(void)state;
	can_be_copied(false);
	f.lo_pfn = 10;
	f.hi_pfn = l->section_pages + 1;
	free(listen_to(8, OFL_OK));
	assert_int_equal(starts, 1);
	f.hi_pfn = 11;
	free(listen_to(8, OFL_OK));
	assert_int_equal(starts, 0);
}

static void test_how_many(void **state)
{
	const uint64_t large = 1ull << 30, small = 1 << 20, between = 6 << 20;

	(void)state;
	assert_int_equal(ofl_workers_number(&tt.target, 4, large, true), 1);
	assert_non_null(ofl_workers_why_one(&tt.target));
	can_be_copied(false);
	assert_null(ofl_workers_why_one(&target));
	assert_int_equal(ofl_workers_number(&target, 0, large, true), 4);
	assert_int_equal(ofl_workers_number(&target, 0, small, true), 1);
	assert_int_equal(ofl_workers_number(&target, 1, large, true), 1);
	assert_int_equal(ofl_workers_number(&target, 3, small, true), 3);
	/* a walk that passes over most is short */
	assert_int_equal(ofl_workers_number(&target, 0, between, true), 4);
	assert_int_equal(ofl_workers_number(&target, 0, between, false), 1);
	assert_int_equal(ofl_workers_number(&target, 2, between, false), 2);
	assert_int_equal(ofl_workers_number(&target, 0, large, false), 4);
	sharing.processors = 100;
	assert_int_equal(ofl_workers_number(&target, 0, large, true),
			 OFL_MAX_WORKERS);
	sharing.decompresses = false;
	assert_int_equal(ofl_workers_number(&target, 0, large, true), 1);
	assert_int_equal(ofl_workers_number(&target, 2, large, true), 2);
	sharing.why_not = "because";
	assert_int_equal(ofl_workers_number(&target, 2, large, true), 1);
	assert_string_equal(ofl_workers_why_one(&target), "because");
}

static void test_out_of_memory(void **state)
{
	const struct ofl_sink sink = story_sink(&story);
	char *alone;
	unsigned long nth;

	(void)state;
	can_be_copied(true);
	alone = listen_to(1, OFL_OK);
	/* what the scan itself takes first fails it; then workers do without */
	for (nth = 1; nth <= 8; nth++) {
		enum ofl_status st;

		story_begin(&story);
		req.workers = 2;
		alloc_fail_from_now(nth);
		st = ofl_scan(&target, l, &n, &req, &sink, 1, &r, &err);
		alloc_stop();
		if (st)
			fclose(story.f);
		else
			story_end(&story, &r, n.nr_zones);
		ofl_scan_result_free(&r);
		assert_int_equal(st, nth <= 3 ? OFL_ERR_NOMEM : OFL_OK);
		if (!st)
			assert_string_equal(story.text, alone);
		free(story.text);
	}
	free(alone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_for_any_number, set_up, drop),
		cmocka_unit_test_setup_teardown(test_pipe_takes_a_part, set_up, drop),
		cmocka_unit_test_setup_teardown(test_with_some_kept, set_up_calm, drop),
		cmocka_unit_test_setup_teardown(test_one_is_lost, set_up, drop),
		cmocka_unit_test_setup_teardown(test_one_raves, set_up, drop),
		cmocka_unit_test_setup_teardown(test_one_has_readers_that_differ, set_up, drop),
		cmocka_unit_test_setup_teardown(test_interrupted_while_one_hangs, set_up, drop),
		cmocka_unit_test_setup_teardown(test_a_sink_ends_it, set_up, drop),
		cmocka_unit_test_setup_teardown(test_sums, set_up, drop),
		cmocka_unit_test_setup_teardown(test_who_sees_every_page_is_alone, set_up, drop),
		cmocka_unit_test_setup_teardown(test_no_more_than_sections, set_up, drop),
		cmocka_unit_test_setup_teardown(test_how_many, set_up, drop),
		cmocka_unit_test_setup_teardown(test_out_of_memory, set_up, drop),
	};

	return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
