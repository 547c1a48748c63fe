// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * record.c - a target that passes questions on and writes down the answers
 *
 * One line an answer, see tests/golden/README for the words. Memory is written
 * as 8-byte words in hexadecimal, equal neighbours as word*count.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/record.h"
#include "target/text.h"

/** struct ofl_recorder - a recording in work */
struct ofl_recorder {
	struct ofl_target target;	/* ours: ctx is the recorder */
	const struct ofl_target *t;	/* the recorded one */
	FILE *file;
	bool aside;			/* what is read now is not written down */
};

static void write_words(FILE *f, const unsigned char *p, size_t bytes)
{
	uint64_t word, next;
	size_t at = 0, count;

	while (at + 8 <= bytes) {
		memcpy(&word, p + at, 8);
		for (count = 1, at += 8; at + 8 <= bytes; count++, at += 8) {
			memcpy(&next, p + at, 8);
			if (next != word)
				break;
		}
		/* b12 would be a byte */
		fprintf(f, " %s%" PRIx64, word >> 8 == 0xb ? "0" : "", word);
		if (count > 1)
			fprintf(f, "*%zu", count);
	}
	for (; at < bytes; at++)
		fprintf(f, " b%02x", p[at]);
}

static enum ofl_read rec_read(void *ctx, uint64_t kva, void *buf, size_t bytes)
{
	struct ofl_recorder *rec = ctx;
	enum ofl_read got = ofl_read(rec->t, kva, buf, bytes);

	if (rec->aside)
		return got;
	if (got == OFL_READ_OK) {
		fprintf(rec->file, "mem %" PRIx64, kva);
		write_words(rec->file, buf, bytes);
		fputc('\n', rec->file);
	} else {
		fprintf(rec->file, "%s %" PRIx64 " %zx\n",
			got == OFL_READ_EXCLUDED ? "excluded" : "unreadable",
			kva, bytes);
	}
	return got;
}

/* a text of the dump, as a line: it must not become two */
static void put_text(struct ofl_recorder *rec, const char *what,
		     const char *from)
{
	char buf[1024];
	struct ofl_text text = ofl_text_over(buf, sizeof(buf));

	ofl_text_escaped(&text, from);
	fprintf(rec->file, "%s%s\n", what, buf);
}

/* a document says of which machine it is, so a replayed one must too */
static void put_identity(struct ofl_recorder *rec, const struct ofl_target *t)
{
	if (t->nodename[0])
		put_text(rec, "nodename ", t->nodename);
	if (t->crash[0])
		put_text(rec, "crash ", t->crash);
	if (t->date_s)
		fprintf(rec->file, "date %" PRId64 "\n", t->date_s);
}

static bool rec_symbol(void *ctx, const char *name, uint64_t *ret)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_symbol(rec->t, name, ret);

	if (ok)
		fprintf(rec->file, "symbol %s %" PRIx64 "\n", name, *ret);
	return ok;
}

static bool rec_struct(void *ctx, const char *type, uint64_t *ret)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_struct_bytes(rec->t, type, ret);

	if (ok)
		fprintf(rec->file, "struct %s %" PRIu64 "\n", type, *ret);
	return ok;
}

static bool rec_member(void *ctx, const char *type, const char *member,
		       struct ofl_member *ret)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_member(rec->t, type, member, ret);

	if (ok)
		fprintf(rec->file, "member %s.%s %" PRIu64 " %" PRIu64 "\n",
			type, member, ret->offset_bytes, ret->size_bytes);
	return ok;
}

static bool rec_enumerator(void *ctx, const char *name, int64_t *ret)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_enumerator(rec->t, name, ret);

	if (ok)
		fprintf(rec->file, "enumerator %s %" PRId64 "\n", name, *ret);
	return ok;
}

static bool rec_kernel_enumerator(void *ctx, const char *name, int64_t *ret)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_kernel_enumerator(rec->t, name, ret);

	if (ok)
		fprintf(rec->file, "enumerator %s %" PRId64 "\n", name, *ret);
	return ok;
}

static bool rec_array_len(void *ctx, const char *symbol, uint64_t *ret)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_array_len(rec->t, symbol, ret);

	if (ok)
		fprintf(rec->file, "array %s %" PRIu64 "\n", symbol, *ret);
	return ok;
}

static bool rec_symbol_at(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_symbol_at(rec->t, kva, buf, bytes);

	if (ok) {
		fprintf(rec->file, "symbol_at %" PRIx64, kva);
		put_text(rec, " ", buf);
	}
	return ok;
}

static bool rec_symbol_in(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_symbol_in(rec->t, kva, buf, bytes);

	if (ok) {
		fprintf(rec->file, "symbol_in %" PRIx64, kva);
		put_text(rec, " ", buf);
	}
	return ok;
}

static bool rec_physical(void *ctx, uint64_t kva, uint64_t pages,
			 uint64_t *pa_ret)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_physical(rec->t, kva, pages, pa_ret);

	if (ok)
		fprintf(rec->file, "physical %" PRIx64 " %" PRIx64 " %" PRIx64
			"\n", kva, pages, *pa_ret);
	return ok;
}

static bool rec_vmcoreinfo(void *ctx, const char *key, char *buf, size_t bytes)
{
	struct ofl_recorder *rec = ctx;
	bool ok = rec->t->memory->vmcoreinfo(rec->t->ctx, key, buf, bytes);

	if (ok) {
		fprintf(rec->file, "vmcoreinfo %s", key);
		put_text(rec, "=", buf);
	}
	return ok;
}

static bool rec_host(void *ctx, enum ofl_host what, uint64_t *ret)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_host_number(rec->t, what, ret);

	if (ok)
		fprintf(rec->file, "host %s %" PRIu64 "\n",
			ofl_host_name(what), *ret);
	return ok;
}

static bool rec_interrupted(void *ctx)
{
	struct ofl_recorder *rec = ctx;

	return ofl_interrupted(rec->t);
}

static void rec_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct ofl_recorder *rec = ctx;

	ofl_progress(rec->t, done, total);
}

static void rec_reading(void *ctx, struct ofl_reading *ret)
{
	ofl_reading(((struct ofl_recorder *)ctx)->t, ret);
}

static void rec_host_reads(void *ctx, bool on)
{
	struct ofl_recorder *rec = ctx;

	ofl_host_reads(rec->t, on);
}

static void rec_rereads(void *ctx, bool on)
{
	struct ofl_recorder *rec = ctx;

	ofl_rereads(rec->t, on);
}

static struct btf *rec_kernel_btf(void *ctx)
{
	return ofl_kernel_btf(((struct ofl_recorder *)ctx)->t);
}

static bool rec_typed(void *ctx, unsigned int nr, struct ofl_typed *ret)
{
	struct ofl_recorder *rec = ctx;
	bool ok = ofl_typed(rec->t, nr, ret);

	if (ok)
		fprintf(rec->file, "typed %s %s\n", ret->name,
			ret->build_id[0] ? ret->build_id : "-");
	return ok;
}

static void rec_aside(void *ctx, bool on)
{
	((struct ofl_recorder *)ctx)->aside = on;
}

static void rec_learned(void *ctx, const char *type, const char *member,
			const struct ofl_member *place, int64_t value)
{
	struct ofl_recorder *rec = ctx;

	if (member)
		fprintf(rec->file, "member %s.%s %" PRIu64 " %" PRIu64 "\n",
			type, member, place->offset_bytes, place->size_bytes);
	else if (place)
		fprintf(rec->file, "struct %s %" PRIu64 "\n", type,
			place->size_bytes);
	else
		fprintf(rec->file, "enumerator %s %" PRId64 "\n", type, value);
}

static unsigned int rec_columns(void *ctx)
{
	struct ofl_recorder *rec = ctx;

	return ofl_terminal_columns(rec->t);
}

static const struct ofl_memory_ops record_memory_ops = {
	.read = rec_read,
	.symbol = rec_symbol,
	.symbol_at = rec_symbol_at,
	.symbol_in = rec_symbol_in,
	.physical = rec_physical,
	.vmcoreinfo = rec_vmcoreinfo,
	.aside = rec_aside,
};

static const struct ofl_type_ops record_type_ops = {
	.struct_bytes = rec_struct,
	.member = rec_member,
	.enumerator = rec_enumerator,
	.kernel_enumerator = rec_kernel_enumerator,
	.array_len = rec_array_len,
	.kernel_btf = rec_kernel_btf,
	.typed = rec_typed,
	.learned = rec_learned,
};

static const struct ofl_host_ops record_host_ops = {
	.number = rec_host,
	.interrupted = rec_interrupted,
	.progress = rec_progress,
	.columns = rec_columns,
	.reading = rec_reading,
	.host_reads = rec_host_reads,
	.rereads = rec_rereads,
};

enum ofl_status ofl_record_open(const struct ofl_target *t, const char *path,
				struct ofl_recorder **ret, struct ofl_err *err)
{
	struct ofl_recorder *rec = calloc(1, sizeof(*rec));

	if (!rec)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory to record");
	rec->file = fopen(path, "wx");
	if (!rec->file) {
		ofl_fail(err, OFL_ERR_ARG, "-R %s: %s", path, strerror(errno));
		free(rec);
		return err->status;
	}
	rec->t = t;
	rec->target = *t;
	rec->target.memory = &record_memory_ops;
	rec->target.types = &record_type_ops;
	rec->target.host = &record_host_ops;
	rec->target.ctx = rec;
	put_text(rec, "release ", t->release);
	put_text(rec, "machine ", t->machine);
	put_identity(rec, t);
	*ret = rec;
	return OFL_OK;
}

const struct ofl_target *ofl_record_target(struct ofl_recorder *rec)
{
	return &rec->target;
}

enum ofl_status ofl_record_close(struct ofl_recorder *rec, struct ofl_err *err)
{
	bool bad = ferror(rec->file);

	if (fclose(rec->file))
		bad = true;
	free(rec);
	if (bad && err)
		return ofl_fail(err, OFL_ERR_OUTPUT,
				"the recording could not be written whole");
	return bad ? OFL_ERR_OUTPUT : OFL_OK;
}
