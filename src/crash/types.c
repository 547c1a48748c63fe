// SPDX-License-Identifier: GPL-2.0-or-later
/* types.c - what crash is asked of types: BTF of vmlinux, or gdb */
#include <defs.h>

#include "crash/fence.h"
#include "crash/interrupt.h"
#include "crash/types.h"
#include "layout/buildid.h"
#include "layout/enums.h"
#include "layout/words.h"

static uint64_t asked;		/* of gdb, in this command */
static struct ofl_enums *enums;	/* of vmlinux, during a command */
static bool looked_for_enums;
static struct ofl_words words;	/* of modules with types, during a command */

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
	struct ofl_fence f;

	if (broken)
		return;
	asked++;
	sigemptyset(&sigint);
	sigaddset(&sigint, SIGINT);
	sigprocmask(SIG_BLOCK, &sigint, &mask);
	ofl_fence_raise(&f);
	if (setjmp(pc->main_loop_env))
		broken = true;
	else if (!setjmp(pc->foreach_loop_env))
		ask(q);
	ofl_fence_lower(&f);
	ofl_interrupts_retake();
	sigprocmask(SIG_SETMASK, &mask, NULL);
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
uint64_t ofl_crash_types(void *ctx)
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

const struct ofl_type_ops ofl_crash_type_ops = {
	.struct_bytes = crash_struct,
	.member = crash_member,
	.enumerator = crash_enumerator,
	.kernel_enumerator = crash_kernel_enumerator,
	.array_len = crash_array_len,
	.kernel_btf = crash_kernel_btf,
	.typed = crash_typed,
};

void ofl_crash_forget_enums(void)
{
	ofl_enums_close(enums);
	enums = NULL;
	looked_for_enums = false;
	ofl_words_free(&words);
}

void ofl_crash_asked_none(void)
{
	asked = 0;
}

uint64_t ofl_crash_asked(void)
{
	return asked;
}
