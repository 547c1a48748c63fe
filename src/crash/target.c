// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * target.c - answer the questions of target.h from a crash session
 *
 * Two things crash does need care. A read that fails inside the page-table
 * walk leaves by longjmp even under RETURN_ON_ERROR; and error() prints into
 * our own output. So every read is fenced: a landing place of our own, and
 * both output streams turned to the null device meanwhile.
 */
#include <defs.h>
#include <sys/ioctl.h>

#include "crash/process.h"
#include "crash/reader.h"
#include "crash/target.h"
#include "layout/buildid.h"
#include "layout/enums.h"
#include "layout/words.h"

static struct ofl_target target;
static volatile sig_atomic_t interrupted;
static uint64_t asked;		/* of gdb, in this command */
static struct sigaction crash_sigint;
static bool catching;
static time_t started;
static struct ofl_enums *enums;	/* of vmlinux, during a command */
static bool looked_for_enums;
static struct ofl_words words;	/* of modules with types, during a command */
static int shown_percent = -1;	/* -1: no line is on the terminal */

/** struct fence - what has to be put back after a fenced call */
struct fence {
	jmp_buf landing, main_landing;
	ulonglong in_foreach;
	FILE *fp, *error_fp, *tmpfile;
};

static void raise_fence(struct fence *f)
{
	memcpy(&f->landing, &pc->foreach_loop_env, sizeof(f->landing));
	memcpy(&f->main_landing, &pc->main_loop_env, sizeof(f->main_landing));
	f->tmpfile = pc->tmpfile;
	f->in_foreach = pc->flags & IN_FOREACH;
	f->fp = fp;
	f->error_fp = pc->error_fp;
	fp = pc->error_fp = pc->nullfp;
	pc->flags |= IN_FOREACH;
}

static void lower_fence(const struct fence *f)
{
	/* left open by what jumped; crash refuses to open a second one */
	if (pc->tmpfile && !f->tmpfile)
		close_tmpfile();
	fp = f->fp;
	pc->error_fp = f->error_fp;
	if (!f->in_foreach)
		pc->flags &= ~IN_FOREACH;
	memcpy(&pc->foreach_loop_env, &f->landing, sizeof(f->landing));
	memcpy(&pc->main_loop_env, &f->main_landing, sizeof(f->main_landing));
}

static void note_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static bool take_sigint(struct sigaction *before)
{
	struct sigaction ours = { .sa_handler = note_interrupt };

	sigemptyset(&ours.sa_mask);
	/* crash and libraries below us do not all retry after EINTR */
	ours.sa_flags = SA_RESTART;
	return !sigaction(SIGINT, &ours, before);
}

/** struct question - something of types that crash asks gdb */
struct question {
	const char *type, *member;	/* type: or enumerator, or array */
	long answer, bytes;
	bool known;
};

/*
 * crash answers what is asked of types through gdb. When gdb fails, crash
 * jumps to its main loop, and our command would end without a word: both
 * loops are fenced, and what failed is not known. Afterwards crash installs
 * its own handler of ^C again, which leaves our command by longjmp: until
 * ours is back the signal waits.
 *
 * It jumps there after a segmentation violation in gdb, whose memory is damaged
 * then: crash 8.0.2 dies of the next question about a 6.12. So none is asked
 * any more; what BTF does not tell is not known.
 */
static void ask_gdb(void (*ask)(struct question *q), struct question *q)
{
	static bool broken;
	sigset_t mask, sigint;
	struct fence f;

	if (broken)
		return;
	asked++;
	sigemptyset(&sigint);
	sigaddset(&sigint, SIGINT);
	sigprocmask(SIG_BLOCK, &sigint, &mask);
	raise_fence(&f);
	if (setjmp(pc->main_loop_env))
		broken = true;
	else if (!setjmp(pc->foreach_loop_env))
		ask(q);
	lower_fence(&f);
	if (catching)
		take_sigint(NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

static bool fenced_readmem(uint64_t kva, void *buf, size_t bytes)
{
	struct fence f;
	volatile bool ok = false;

	raise_fence(&f);
	if (!setjmp(pc->foreach_loop_env))
		ok = readmem(kva, KVADDR, buf, (long)bytes, "offline.so",
			     RETURN_ON_ERROR | QUIET);
	lower_fence(&f);
	return ok;
}

/* bytes of one page, by the reader of the dump format */
static int read_piece(uint64_t kva, void *buf, size_t bytes)
{
	volatile int got = READ_ERROR;
	physaddr_t paddr = 0;
	struct fence f;

	raise_fence(&f);
	if (!setjmp(pc->foreach_loop_env))
		if (kvtop(NULL, kva, &paddr, 0))
			got = READMEM(pc->dfd, buf, (int)bytes, kva, paddr);
	lower_fence(&f);
	return got;
}

/*
 * readmem() does not say why it failed; the reader of the dump format does,
 * for one page at a time: what follows in memory need not follow in the dump.
 */
static enum ofl_read why_not(uint64_t kva, void *buf, size_t bytes)
{
	size_t first = PAGESIZE() - (kva & (PAGESIZE() - 1));

	if (ACTIVE() || REMOTE_DUMPFILE() || bytes > PAGESIZE())
		return OFL_READ_UNREADABLE;
	if (first > bytes)
		first = bytes;
	if (read_piece(kva, buf, first) == PAGE_EXCLUDED)
		return OFL_READ_EXCLUDED;
	if (bytes > first &&
	    read_piece(kva + first, (char *)buf + first,
		       bytes - first) == PAGE_EXCLUDED)
		return OFL_READ_EXCLUDED;
	return OFL_READ_UNREADABLE;
}

static bool fenced_kvtop(uint64_t kva, physaddr_t *paddr)
{
	struct fence f;
	volatile bool ok = false;

	raise_fence(&f);
	if (!setjmp(pc->foreach_loop_env))
		ok = kvtop(NULL, kva, paddr, 0);
	lower_fence(&f);
	return ok;
}

static bool crash_reads_the_same(uint64_t kva, const void *page)
{
	static char theirs[65536];	/* no larger page is ever read by us */

	return fenced_readmem(kva, theirs, PAGESIZE()) &&
	       !memcmp(theirs, page, PAGESIZE());
}

/* a page of the dump without crash; OFL_DUMP_ASK_HOST: it also knows why */
static enum ofl_dump_page read_page(uint64_t kva, void *page)
{
	struct ofl_dump *d = ofl_crash_reader();
	enum ofl_dump_page got;
	physaddr_t paddr = 0;

	if (!d || !fenced_kvtop(kva, &paddr))
		return OFL_DUMP_ASK_HOST;
	got = ofl_dump_read(d, paddr >> PAGESHIFT(), page);
	if (got != OFL_DUMP_READ ||
	    !ofl_crash_is_sample(paddr >> PAGESHIFT()) ||
	    crash_reads_the_same(kva, page))
		return got;
	ofl_crash_distrust(kva);
	return OFL_DUMP_ASK_HOST;
}

/* does crash have something else where [kva, kva + bytes) should be? */
static bool any_short(uint64_t kva, size_t bytes)
{
	uint64_t in_page = kva & (PAGESIZE() - 1), at;
	physaddr_t paddr = 0;

	if (!ofl_crash_can_tell())
		return false;
	/* by offsets: a wild @kva may be in the last page that there is */
	for (at = 0; at < in_page + bytes; at += PAGESIZE())
		if (fenced_kvtop(kva - in_page + at, &paddr) &&
		    ofl_crash_is_short(paddr >> PAGESHIFT()))
			return true;
	return false;
}

static enum ofl_read crash_read(void *ctx, uint64_t kva, void *buf,
				size_t bytes)
{
	(void)ctx;
	if (bytes == PAGESIZE() && !(kva & (PAGESIZE() - 1)) &&
	    read_page(kva, buf) == OFL_DUMP_READ)
		return OFL_READ_OK;
	if (any_short(kva, bytes))
		return OFL_READ_UNREADABLE;
	return fenced_readmem(kva, buf, bytes) ? OFL_READ_OK :
						 why_not(kva, buf, bytes);
}

static bool crash_symbol(void *ctx, const char *name, uint64_t *ret)
{
	(void)ctx;
	if (!kernel_symbol_exists((char *)name))
		return false;
	*ret = symbol_value((char *)name);
	return true;
}

/* the vmlinux that gdb was given has BTF of the same types, without gdb */
static const struct ofl_enums *vmlinux(void)
{
	if (!looked_for_enums)
		enums = ofl_enums_open(pc->namelist);
	looked_for_enums = true;
	return enums;
}

static void ask_struct(struct question *q)
{
	q->bytes = STRUCT_SIZE((char *)q->type);
	q->known = q->bytes > 0;
}

/* the file, too: mod -d and mod -s may put another one in its place */
static uint64_t stamp_of(const struct load_module *lm)
{
	uint64_t sum = lm->module_struct;
	const char *at;

	for (at = lm->mod_namelist; *at; at++)
		sum = (sum ^ (unsigned char)*at) * UINT64_C(1099511628211);
	return sum;
}

/* mod -s and mod -d: which modules have types now */
static uint64_t crash_types(void *ctx)
{
	uint64_t sum = 0;
	int i;

	(void)ctx;
	for (i = 0; i < st->mods_installed; i++)
		if (st->load_modules[i].mod_flags & MOD_LOAD_SYMS)
			sum += stamp_of(&st->load_modules[i]) *
			       (uint64_t)(2 * i + 1);
	return sum;
}

static void describe_file(struct ofl_typed *ret, const char *name,
			  const char *path)
{
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	ofl_build_id_of_file(path, ret->build_id);
}

/* vmlinux is the first, so that it is asked for without a walk */
static bool crash_typed(void *ctx, unsigned int nr, struct ofl_typed *ret)
{
	unsigned int seen = 0;
	int i;

	(void)ctx;
	if (!nr && pc->namelist) {
		describe_file(ret, "vmlinux", pc->namelist);
		return true;
	}
	for (i = 0; i < st->mods_installed; i++) {
		const struct load_module *lm = &st->load_modules[i];

		if (!(lm->mod_flags & MOD_LOAD_SYMS) || ++seen != nr)
			continue;
		describe_file(ret, lm->mod_name, lm->mod_namelist);
		return true;
	}
	return false;
}

static void read_words(void)
{
	int i;

	for (i = 0; i < st->mods_installed; i++)
		if (st->load_modules[i].mod_flags & MOD_LOAD_SYMS)
			ofl_words_add(&words, st->load_modules[i].mod_namelist);
}

/*
 * What is not in the BTF of vmlinux may be in a module, if the user has loaded
 * types of one, and it has the name at all. Else gdb looks through everything
 * for what it does not have, 70 ms for each name; in crash 8.0.2 it dies of
 * that on 6.12.
 */
static bool gdb_may_know(enum ofl_enum_found found, const char *name)
{
	if (found != OFL_ENUM_ABSENT)
		return true;
	if (!words.bytes && !words.blind)
		read_words();
	return ofl_words_may_have(&words, name);
}

static bool crash_struct(void *ctx, const char *type, uint64_t *ret)
{
	struct question q = { .type = type };
	enum ofl_enum_found found = ofl_enums_struct(vmlinux(), type, ret);

	(void)ctx;
	if (found == OFL_ENUM_FOUND || !gdb_may_know(found, type))
		return found == OFL_ENUM_FOUND;
	ask_gdb(ask_struct, &q);
	if (q.known)
		*ret = (uint64_t)q.bytes;
	return q.known;
}

static void first_word(const char *path, char *buf, size_t bytes)
{
	snprintf(buf, bytes, "%.*s", (int)strcspn(path, "."), path);
}

static void ask_member(struct question *q)
{
	char first[64];

	first_word(q->member, first, sizeof(first));
	if (MEMBER_OFFSET((char *)q->type, first) < 0)
		return;
	/* a path through named members takes gdb's expression parser: 100 ms */
	q->answer = strchr(q->member, '.') ?
		    ANON_MEMBER_OFFSET((char *)q->type, (char *)q->member) :
		    MEMBER_OFFSET((char *)q->type, (char *)q->member);
	q->known = q->answer >= 0;
	if (q->known)
		q->bytes = MEMBER_SIZE((char *)q->type, (char *)q->member);
}

static bool crash_member(void *ctx, const char *type, const char *member,
			 struct ofl_member *ret)
{
	struct question q = { .type = type, .member = member };
	enum ofl_enum_found found = ofl_enums_member(vmlinux(), type, member,
						     ret);
	char first[64];

	(void)ctx;
	first_word(member, first, sizeof(first));
	if (found == OFL_ENUM_FOUND || !gdb_may_know(found, type) ||
	    !gdb_may_know(found, first))
		return found == OFL_ENUM_FOUND;
	ask_gdb(ask_member, &q);
	if (!q.known)
		return false;
	ret->offset_bytes = (uint64_t)q.answer;
	ret->size_bytes = q.bytes > 0 ? (uint64_t)q.bytes : 0;
	return true;
}

static void ask_enumerator(struct question *q)
{
	q->known = enumerator_value((char *)q->type, &q->answer);
}

static bool crash_enumerator(void *ctx, const char *name, int64_t *ret)
{
	struct question q = { .type = name };
	int64_t v;

	(void)ctx;
	if (!gdb_may_know(ofl_enums_find(vmlinux(), name, &v), name))
		return false;
	ask_gdb(ask_enumerator, &q);
	if (q.known)
		*ret = q.answer;
	return q.known;
}

/*
 * crash asks gdb for a struct, a union, a typedef and a variable of the name
 * before it comes to enumerators. The vmlinux that it asks about is the same.
 */
static bool crash_kernel_enumerator(void *ctx, const char *name, int64_t *ret)
{
	switch (ofl_enums_find(vmlinux(), name, ret)) {
	case OFL_ENUM_FOUND:
		return true;
	case OFL_ENUM_ABSENT:
		return false;
	case OFL_ENUM_UNKNOWN:
		break;
	}
	return crash_enumerator(ctx, name, ret);
}

static void ask_array_len(struct question *q)
{
	q->answer = get_array_length((char *)q->type, NULL, 0);
	q->known = q->answer > 0;
}

static bool crash_array_len(void *ctx, const char *symbol, uint64_t *ret)
{
	struct question q = { .type = symbol };

	(void)ctx;
	ask_gdb(ask_array_len, &q);
	if (q.known)
		*ret = (uint64_t)q.answer;
	return q.known;
}

static struct btf *crash_kernel_btf(void *ctx)
{
	(void)ctx;
	return ofl_enums_btf(vmlinux());
}

static bool crash_symbol_at(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	ulong offset = 0;
	struct syment *sp = value_search(kva, &offset);

	(void)ctx;
	if (!sp || offset)
		return false;
	snprintf(buf, bytes, "%s", sp->name);
	return true;
}

static bool crash_symbol_in(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	ulong offset = 0;
	struct syment *sp = value_search(kva, &offset);

	(void)ctx;
	if (!sp)
		return false;
	snprintf(buf, bytes, "%s", sp->name);
	return true;
}

static bool crash_physical(void *ctx, uint64_t kva, uint64_t pages,
			   uint64_t *pa_ret)
{
	physaddr_t first = 0, next = 0;
	uint64_t i;

	(void)ctx;
	if (!fenced_kvtop(kva, &first))
		return false;
	for (i = 1; i < pages; i++)
		if (!fenced_kvtop(kva + i * PAGESIZE(), &next) ||
		    next != first + i * PAGESIZE())
			return false;
	*pa_ret = first;
	return true;
}

static bool crash_vmcoreinfo(void *ctx, const char *key, char *buf,
			     size_t bytes)
{
	char *text = pc->read_vmcoreinfo(key);
	size_t len;

	(void)ctx;
	if (!text)
		return false;
	len = strcspn(text, "\n");
	if (len < bytes) {
		memcpy(buf, text, len);
		buf[len] = '\0';
	}
	free(text);
	return len < bytes;
}

static bool crash_host(void *ctx, enum ofl_host what, uint64_t *ret)
{
	(void)ctx;
	switch (what) {
	case OFL_HOST_PAGE_SIZE:
		*ret = PAGESIZE();
		return true;
	case OFL_HOST_SECTION_SIZE_BITS:
		*ret = (uint64_t)SECTION_SIZE_BITS();
		return *ret != 0;
	case OFL_HOST_MAX_PHYSMEM_BITS:
		*ret = MAX_PHYSMEM_BITS();
		return *ret != 0;
	case OFL_HOST_SPARSEMEM_EXTREME:
		*ret = IS_SPARSEMEM_EX() != 0;
		return IS_SPARSEMEM();
	case OFL_HOST_VMEMMAP:
		*ret = (machdep->flags & VMEMMAP) != 0;
		return true;
	case OFL_HOST_PAGEBLOCK_ORDER:
		/* a PMD maps as many pages as a page table has 8-byte entries */
		*ret = (uint64_t)__builtin_ctzl(PAGESIZE() / 8);
		return machine_type("X86_64") || machine_type("ARM64") ||
		       machine_type("RISCV64");
	case OFL_HOST_NO_MODULES:
		*ret = 1;
		return kt->flags & NO_MODULE_ACCESS;
	case OFL_NR_HOST:
		break;
	}
	return false;
}

static uint64_t crash_stamp(void *ctx)
{
	struct stat st;

	(void)ctx;
	if (!pc->dumpfile || stat(pc->dumpfile, &st))
		return 0;
	return ((uint64_t)st.st_mtim.tv_sec * 1000000000 +
		(uint64_t)st.st_mtim.tv_nsec) ^ (uint64_t)st.st_size << 40;
}

static const char *why_host_reads(void)
{
	if (ACTIVE())
		return "the system is live";
	if (REMOTE_MEMSRC())
		return "the dump is on a remote machine";
	if (!DISKDUMP_DUMPFILE() && !NETDUMP_DUMPFILE() && !KDUMP_DUMPFILE())
		return "the dump is neither kdump-compressed nor ELF";
	/*
	 * An arm64 kernel with the symbol xen_start_info is one of Xen's
	 * guests to crash; none has other page tables than its own.
	 */
	if ((XEN() && !machine_type("ARM64")) || XEN_CORE_DUMPFILE() ||
	    XEN_HYPER_MODE())
		return "Xen's own page tables lie between";
	return NULL;
}

static void crash_host_reads(void *ctx, bool on)
{
	struct ofl_crash_source from = {
		.why_host = why_host_reads(),
		.path = pc->dumpfile,
		.page_bytes = PAGESIZE(),
		.stamp = crash_stamp(ctx),
	};

	ofl_crash_open_reader(&from, on);
}

static void crash_rereads(void *ctx, bool on)
{
	(void)ctx;
	ofl_dump_keep(ofl_crash_reader(), on);
}

static void crash_reading(void *ctx, struct ofl_reading *ret)
{
	ofl_crash_reading(ctx, ret);
	ret->asked = asked;
}

static bool crash_interrupted(void *ctx)
{
	(void)ctx;
	return interrupted;
}

/* a dumb terminal shows what is meant to clear its line */
static bool clears_lines(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && term[0] && strcmp(term, "dumb");
}

/* a line on the terminal for walks that take longer than a second */
static void crash_progress(void *ctx, uint64_t done, uint64_t total)
{
	double passed = difftime(time(NULL), started);
	int percent = (int)(done * 100 / (total ? total : 1));

	(void)ctx;
	if (passed < 2 || !clears_lines() || (pc->flags & SILENT) ||
	    percent == shown_percent)
		return;
	shown_percent = percent;
	fprintf(stderr, "\r%3d%%, %lu of %lu sections, %.0f s left \033[K",
		percent, (ulong)done, (ulong)total,
		passed * (double)(total - done) / (double)done);
	fflush(stderr);
}

/* a pager is a terminal, too: crash sends it what fits the terminal */
static unsigned int crash_columns(void *ctx)
{
	struct winsize size;

	(void)ctx;
	if ((pc->redirect & (REDIRECT_TO_FILE | REDIRECT_TO_PIPE)) ||
	    !isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 80)
		return 80;
	return size.ws_col;
}

static void clear_progress(void)
{
	if (shown_percent >= 0)
		fputs("\r\033[K", stderr);
	shown_percent = -1;
}

static void crash_sharing(void *ctx, struct ofl_sharing *ret)
{
	(void)ctx;
	ofl_crash_share(ret);
	ret->decompresses = DISKDUMP_DUMPFILE() != 0;
	if (ACTIVE())
		ret->why_not = "the system is live";
	else if (REMOTE_MEMSRC())
		ret->why_not = "the dump is on a remote machine";
}

static const struct ofl_memory_ops memory_ops = {
	.read = crash_read,
	.symbol = crash_symbol,
	.symbol_at = crash_symbol_at,
	.symbol_in = crash_symbol_in,
	.physical = crash_physical,
	.vmcoreinfo = crash_vmcoreinfo,
};

static const struct ofl_type_ops type_ops = {
	.struct_bytes = crash_struct,
	.member = crash_member,
	.enumerator = crash_enumerator,
	.kernel_enumerator = crash_kernel_enumerator,
	.array_len = crash_array_len,
	.kernel_btf = crash_kernel_btf,
	.typed = crash_typed,
};

static const struct ofl_host_ops host_ops = {
	.number = crash_host,
	.stamp = crash_stamp,
	.types = crash_types,
	.interrupted = crash_interrupted,
	.progress = crash_progress,
	.columns = crash_columns,
	.reading = crash_reading,
	.host_reads = crash_host_reads,
	.rereads = crash_rereads,
	.sharing = crash_sharing,
	.start = ofl_crash_start,
	.stop = ofl_crash_stop,
};

const struct ofl_target *ofl_crash_target(void)
{
	target.memory = &memory_ops;
	target.types = &type_ops;
	target.host = &host_ops;
	target.live = ACTIVE();
	snprintf(target.release, sizeof(target.release), "%.64s",
		 kt->utsname.release);
	snprintf(target.machine, sizeof(target.machine), "%.16s",
		 kt->utsname.machine);
	snprintf(target.nodename, sizeof(target.nodename), "%.64s",
		 kt->utsname.nodename);
	snprintf(target.crash, sizeof(target.crash), "%.31s", build_version);
	target.date_s = kt->date.tv_sec;
	return &target;
}

void ofl_crash_forget_enums(void)
{
	ofl_enums_close(enums);
	enums = NULL;
	looked_for_enums = false;
	ofl_words_free(&words);
}

void ofl_crash_catch_interrupts(void)
{
	interrupted = 0;
	asked = 0;
	started = time(NULL);
	if (!catching)
		catching = take_sigint(&crash_sigint);
}

void ofl_crash_release_interrupts(void)
{
	clear_progress();
	if (catching)
		sigaction(SIGINT, &crash_sigint, NULL);
	catching = false;
}
