// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * texttarget.c - answer the core's questions from a text
 *
 * Lines are kept in their order and looked up from the end: a later line
 * overrides an earlier one, so a case can be a recording and a few lines about
 * the differences. After loading, memory is flattened once into pieces that do
 * not overlap.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "texttarget.h"

#define MAX_INCLUDES	8
#define MAX_STEPS	64	/* words of a group that differ in each copy */

/** enum tt_kind - the question that a line answers */
enum tt_kind {
	TT_MEM, TT_EXCLUDED, TT_UNREADABLE,
	TT_SYMBOL, TT_STRUCT, TT_MEMBER, TT_ENUMERATOR, TT_ARRAY,
	TT_VMCOREINFO, TT_HOST, TT_SYMBOL_AT, TT_SYMBOL_IN, TT_PHYSICAL,
	TT_TYPED,
};

/** struct tt_line - one answer */
struct tt_line {
	enum tt_kind kind;
	bool absent;		/* "without": there is no such thing */
	char *name;		/* facts */
	char *text;		/* VMCOREINFO, symbol_at, symbol_in */
	uint64_t a, b;		/* numbers; address and length of memory */
	unsigned char *data;	/* TT_MEM */
	size_t max_data;
};

/** struct tt_piece - a stretch of memory that comes from one line */
struct tt_piece {
	uint64_t kva, end;
	const struct tt_line *line;
};

/** struct tt_group - what is between brackets */
struct tt_group {
	bool open;
	uint64_t from;			/* where it begins in the line's data */
	unsigned int nr_steps;
	struct {
		uint64_t at;		/* of the word, in the line's data */
		uint64_t step;		/* added in each further copy */
	} word[MAX_STEPS];
};

/** struct loader - state while a text is read */
struct loader {
	struct texttarget *tt;
	const char *path;
	unsigned int line_nr;
	int depth;
	struct ofl_err *err;
};

static const char *const kind_word[] = {
	[TT_MEM] = "mem", [TT_EXCLUDED] = "excluded",
	[TT_UNREADABLE] = "unreadable", [TT_SYMBOL] = "symbol",
	[TT_STRUCT] = "struct", [TT_MEMBER] = "member",
	[TT_ENUMERATOR] = "enumerator", [TT_ARRAY] = "array",
	[TT_VMCOREINFO] = "vmcoreinfo", [TT_HOST] = "host",
	[TT_SYMBOL_AT] = "symbol_at", [TT_SYMBOL_IN] = "symbol_in",
	[TT_PHYSICAL] = "physical", [TT_TYPED] = "typed",
};

#define NR_KINDS (sizeof(kind_word) / sizeof(kind_word[0]))

/* the tests wrap malloc() so that the core fails; the tool itself just exits */
static void *must(void *p)
{
	if (!p) {
		fputs("texttarget: out of memory\n", stderr);
		abort();
	}
	return p;
}

static enum ofl_status bad(const struct loader *ld, const char *why)
{
	return ofl_fail(ld->err, OFL_ERR_ARG, "%s:%u: %s", ld->path,
			ld->line_nr, why);
}

static struct tt_line *new_line(struct texttarget *tt, enum tt_kind kind)
{
	struct tt_line *line;

	if (tt->nr_lines == tt->max_lines) {
		tt->max_lines = tt->max_lines ? tt->max_lines * 2 : 256;
		tt->line = must(realloc(tt->line,
					tt->max_lines * sizeof(*tt->line)));
	}
	line = &tt->line[tt->nr_lines++];
	memset(line, 0, sizeof(*line));
	line->kind = kind;
	return line;
}

/* ---- memory words ---- */

static void append(struct tt_line *line, const void *p, size_t bytes)
{
	if (line->b + bytes > line->max_data) {
		line->max_data = (line->b + bytes) * 2;
		line->data = must(realloc(line->data, line->max_data));
	}
	memcpy(line->data + line->b, p, bytes);
	line->b += bytes;
}

/* repeat the data since @from, so that it is there @count times */
static bool repeat(struct tt_line *line, uint64_t from, const char *count)
{
	uint64_t len = line->b - from, i, n;
	unsigned char *copy;
	char *end;

	n = strtoull(count, &end, 10);
	if (end == count || *end || !len || !n || n > (256u << 20) / len)
		return false;
	if (n == 1)
		return true;
	copy = must(malloc(len));
	memcpy(copy, line->data + from, len);
	for (i = 1; i < n; i++)
		append(line, copy, len);
	free(copy);
	return true;
}

/* ")*count": copy a group, and let its words step */
static bool end_group(struct tt_line *line, struct tt_group *g,
		      const char *count)
{
	uint64_t len = line->b - g->from, at, v;
	unsigned int i;

	if (!g->open || !repeat(line, g->from, count))
		return false;
	g->open = false;
	for (i = 0; i < g->nr_steps; i++)
		for (at = g->word[i].at + len; at < line->b; at += len) {
			memcpy(&v, line->data + at - len, sizeof(v));
			v += g->word[i].step;
			memcpy(line->data + at, &v, sizeof(v));
		}
	return true;
}

/* "+step", "-step" behind a word of a group */
static bool parse_step(struct tt_line *line, struct tt_group *g, const char *p)
{
	uint64_t step;
	char *end;

	step = strtoull(p + 1, &end, 16);
	if (!g->open || g->nr_steps == MAX_STEPS || end == p + 1 || *end)
		return false;
	g->word[g->nr_steps].at = line->b;
	g->word[g->nr_steps++].step = *p == '-' ? -step : step;
	return true;
}

/* "word", "word*count", "bXX"; in a group "word+step", "word-step" */
static bool parse_word(struct tt_line *line, struct tt_group *g, char *word)
{
	char *star = strchr(word, '*'), *end;
	uint64_t from = line->b, v;
	bool byte;

	if (star)
		*star++ = '\0';
	byte = word[0] == 'b' && strlen(word) == 3 && !strpbrk(word, "+-");
	v = strtoull(byte ? word + 1 : word, &end, 16);
	if (end == word || (*end && (star || !parse_step(line, g, end))))
		return false;
	append(line, &v, byte ? 1 : 8);
	return !star || repeat(line, from, star);
}

/* words; "( words )*count" repeats them all; no nesting */
static enum ofl_status parse_mem(struct loader *ld, struct tt_line *line,
				 char *words)
{
	struct tt_group g = { .open = false };
	char *word, *save = NULL;

	for (word = strtok_r(words, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save)) {
		if (!strcmp(word, "("))
			g = (struct tt_group){ .open = true, .from = line->b };
		else if (!strncmp(word, ")*", 2) && !end_group(line, &g, word + 2))
			return bad(ld, "bad repetition");
		else if (word[0] != ')' && !parse_word(line, &g, word))
			return bad(ld, "not a word of memory");
	}
	return line->b ? OFL_OK : bad(ld, "no memory");
}

/* ---- lines ---- */

static enum ofl_status parse_range(struct loader *ld, struct tt_line *line,
				   char *rest)
{
	char *end;

	line->a = strtoull(rest, &end, 16);
	if (end == rest || *end != ' ')
		return bad(ld, "address and length expected");
	if (line->kind == TT_MEM)
		return parse_mem(ld, line, end + 1);
	rest = end + 1;
	line->b = strtoull(rest, &end, 16);
	return *end || !line->b ? bad(ld, "bad length") : OFL_OK;
}

static enum ofl_status parse_fact(struct loader *ld, struct tt_line *line,
				  char *rest)
{
	int base = line->kind == TT_SYMBOL || line->kind == TT_PHYSICAL ? 16 :
									  10;
	char *value, *end;

	if (line->absent) {
		line->name = must(strdup(rest));
		return OFL_OK;
	}
	/* an address and a number of pages together are what is asked */
	value = line->kind == TT_PHYSICAL ? strrchr(rest, ' ') :
		strchr(rest, line->kind == TT_VMCOREINFO ? '=' : ' ');
	if (!value)
		return bad(ld, "no value");
	*value++ = '\0';
	/* keys like NUMBER(x)=5 have one '=' only, behind the key */
	line->name = must(strdup(rest));
	if (line->kind == TT_VMCOREINFO || line->kind == TT_SYMBOL_AT ||
	    line->kind == TT_SYMBOL_IN || line->kind == TT_TYPED) {
		line->text = must(strdup(value));
		return OFL_OK;
	}
	errno = 0;
	line->a = value[0] == '-' ? (uint64_t)strtoll(value, &end, base) :
				    strtoull(value, &end, base);
	if (line->kind == TT_MEMBER && *end == ' ')
		line->b = strtoull(end + 1, &end, base);
	return end == value || *end || errno ? bad(ld, "bad number") : OFL_OK;
}

static enum ofl_status load_file(struct loader *up, const char *path);

static enum ofl_status include(struct loader *ld, const char *name)
{
	const char *slash = ld->path ? strrchr(ld->path, '/') : NULL;
	char path[4096];

	snprintf(path, sizeof(path), "%.*s%s",
		 slash ? (int)(slash - ld->path + 1) : 0, ld->path, name);
	return ld->depth == MAX_INCLUDES ? bad(ld, "too many includes") :
					   load_file(ld, path);
}

/* a string with its NUL, blanks as they are */
static enum ofl_status parse_text(struct loader *ld, char *rest)
{
	struct tt_line *line = new_line(ld->tt, TT_MEM);
	char *end;

	line->a = strtoull(rest, &end, 16);
	if (end == rest || *end != ' ')
		return bad(ld, "address and text expected");
	append(line, end + 1, strlen(end + 1) + 1);
	return OFL_OK;
}

static enum ofl_status parse_answer(struct loader *ld, const char *word,
				    char *rest, bool absent)
{
	struct tt_line *line;
	size_t k;

	for (k = 0; k < NR_KINDS; k++)
		if (!strcmp(word, kind_word[k]))
			break;
	if (k == NR_KINDS || (absent && k < TT_SYMBOL))
		return bad(ld, "unknown word");
	line = new_line(ld->tt, (enum tt_kind)k);
	line->absent = absent;
	return k < TT_SYMBOL ? parse_range(ld, line, rest) :
			       parse_fact(ld, line, rest);
}

/* which kernel it is, and what asked it */
static bool parse_identity(struct ofl_target *t, const char *word,
			   const char *rest)
{
	const struct {
		const char *word;
		char *to;
		size_t bytes;
	} texts[] = {
		{ "release", t->release, sizeof(t->release) },
		{ "machine", t->machine, sizeof(t->machine) },
		{ "nodename", t->nodename, sizeof(t->nodename) },
		{ "crash", t->crash, sizeof(t->crash) },
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(word, texts[i].word)) {
			snprintf(texts[i].to, texts[i].bytes, "%s", rest);
			return true;
		}
	if (strcmp(word, "date"))
		return false;
	t->date_s = strtoll(rest, NULL, 10);
	return true;
}

static enum ofl_status parse_line(struct loader *ld, char *text)
{
	struct ofl_target *t = &ld->tt->target;
	char *rest = strchr(text, ' ');
	bool absent = false;

	if (!text[0] || text[0] == '#')
		return OFL_OK;
	if (!rest)
		return bad(ld, "a word alone says nothing");
	*rest++ = '\0';
	if (!strcmp(text, "include"))
		return include(ld, rest);
	if (!strcmp(text, "text"))
		return parse_text(ld, rest);
	if (parse_identity(t, text, rest))
		return OFL_OK;
	if (!strcmp(text, "without")) {
		absent = true;
		text = rest;
		rest = strchr(text, ' ');
		if (!rest)
			return bad(ld, "without what?");
		*rest++ = '\0';
	}
	return parse_answer(ld, text, rest, absent);
}

static enum ofl_status load_stream(struct loader *ld, FILE *f)
{
	enum ofl_status st = OFL_OK;
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	while (!st && (len = getline(&text, &size, f)) >= 0) {
		ld->line_nr++;
		if (len && text[len - 1] == '\n')
			text[len - 1] = '\0';
		st = parse_line(ld, text);
	}
	free(text);
	return st;
}

static enum ofl_status load_file(struct loader *up, const char *path)
{
	struct loader ld = { .tt = up->tt, .path = path, .err = up->err,
			     .depth = up->depth + 1 };
	FILE *f = fopen(path, "r");
	enum ofl_status st;

	if (!f)
		return ofl_fail(ld.err, OFL_ERR_ARG, "%s: %s", path,
				strerror(errno));
	st = load_stream(&ld, f);
	fclose(f);
	return st;
}

/* ---- flattening ---- */

/* index of the first piece that ends behind @kva */
static size_t first_behind(const struct texttarget *tt, uint64_t kva)
{
	size_t lo = 0, hi = tt->nr_pieces;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (tt->piece[mid].end <= kva)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void insert(struct texttarget *tt, size_t at, struct tt_piece p)
{
	if (tt->nr_pieces == tt->max_pieces) {
		tt->max_pieces = tt->max_pieces ? tt->max_pieces * 2 : 256;
		tt->piece = must(realloc(tt->piece,
				tt->max_pieces * sizeof(*tt->piece)));
	}
	memmove(&tt->piece[at + 1], &tt->piece[at],
		(tt->nr_pieces - at) * sizeof(*tt->piece));
	tt->piece[at] = p;
	tt->nr_pieces++;
}

/* the parts of a line that no later line has decided yet */
static void add_gaps(struct texttarget *tt, const struct tt_line *line)
{
	uint64_t at = line->a, end = line->a + line->b;
	size_t i = first_behind(tt, at);

	while (at < end) {
		bool last = i == tt->nr_pieces || tt->piece[i].kva >= end;
		uint64_t stop = last ? end : tt->piece[i].kva;

		if (at < stop) {
			insert(tt, i, (struct tt_piece){ at, stop, line });
			i++;
		}
		at = last ? end : tt->piece[i++].end;
	}
}

static void flatten(struct texttarget *tt)
{
	size_t i;

	for (i = tt->nr_lines; i-- > 0; )
		if (tt->line[i].kind < TT_SYMBOL)
			add_gaps(tt, &tt->line[i]);
}

/* ---- the ops ---- */

static enum ofl_read tt_read(void *ctx, uint64_t kva, void *buf, size_t bytes)
{
	struct texttarget *tt = ctx;
	unsigned char *to = buf;
	size_t i, n;

	if (++tt->reads == tt->fail_read)
		return tt->fail_how;
	for (i = first_behind(tt, kva); bytes; i++, kva += n, to += n, bytes -= n) {
		const struct tt_piece *p = &tt->piece[i];

		if (i == tt->nr_pieces || p->kva > kva)
			return OFL_READ_UNREADABLE;
		if (p->line->kind != TT_MEM)
			return p->line->kind == TT_EXCLUDED ?
			       OFL_READ_EXCLUDED : OFL_READ_UNREADABLE;
		n = p->end - kva < bytes ? p->end - kva : bytes;
		memcpy(to, p->line->data + (kva - p->line->a), n);
	}
	return OFL_READ_OK;
}

static const struct tt_line *find(struct texttarget *tt, enum tt_kind kind,
				  const char *name)
{
	size_t i;

	for (i = tt->nr_lines; i-- > 0; )
		if (tt->line[i].kind == kind && !strcmp(tt->line[i].name, name))
			return tt->line[i].absent ? NULL : &tt->line[i];
	return NULL;
}

static bool number(void *ctx, enum tt_kind kind, const char *name, uint64_t *ret)
{
	const struct tt_line *line = find(ctx, kind, name);

	if (line)
		*ret = line->a;
	return line;
}

static bool tt_symbol(void *ctx, const char *name, uint64_t *ret)
{
	return number(ctx, TT_SYMBOL, name, ret);
}

static bool tt_struct(void *ctx, const char *type, uint64_t *ret)
{
	return number(ctx, TT_STRUCT, type, ret);
}

static bool tt_array(void *ctx, const char *symbol, uint64_t *ret)
{
	return number(ctx, TT_ARRAY, symbol, ret);
}

static bool tt_host(void *ctx, enum ofl_host what, uint64_t *ret)
{
	return number(ctx, TT_HOST, ofl_host_name(what), ret);
}

static bool tt_enumerator(void *ctx, const char *name, int64_t *ret)
{
	uint64_t v;

	if (!number(ctx, TT_ENUMERATOR, name, &v))
		return false;
	*ret = (int64_t)v;
	return true;
}

static bool tt_member(void *ctx, const char *type, const char *member,
		      struct ofl_member *ret)
{
	const struct tt_line *line;
	char name[256];

	snprintf(name, sizeof(name), "%s.%s", type, member);
	line = find(ctx, TT_MEMBER, name);
	if (line)
		*ret = (struct ofl_member){ line->a, line->b };
	return line;
}

static bool text(void *ctx, enum tt_kind kind, const char *name, char *buf,
		 size_t bytes)
{
	const struct tt_line *line = find(ctx, kind, name);

	if (!line || strlen(line->text) >= bytes)
		return false;
	strcpy(buf, line->text);
	return true;
}

static bool tt_vmcoreinfo(void *ctx, const char *key, char *buf, size_t bytes)
{
	return text(ctx, TT_VMCOREINFO, key, buf, bytes);
}

/* the question may be about an address inside of a symbol; so is the recording */
static bool tt_symbol_at(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	char name[20];

	snprintf(name, sizeof(name), "%" PRIx64, kva);
	return text(ctx, TT_SYMBOL_AT, name, buf, bytes);
}

static bool tt_symbol_in(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	char name[20];

	snprintf(name, sizeof(name), "%" PRIx64, kva);
	return text(ctx, TT_SYMBOL_IN, name, buf, bytes);
}

static bool tt_physical(void *ctx, uint64_t kva, uint64_t pages, uint64_t *ret)
{
	char name[40];

	snprintf(name, sizeof(name), "%" PRIx64 " %" PRIx64, kva, pages);
	return number(ctx, TT_PHYSICAL, name, ret);
}

static bool tt_typed(void *ctx, unsigned int nr, struct ofl_typed *ret)
{
	struct texttarget *tt = ctx;
	const struct tt_line *line;
	size_t i;

	for (i = 0; i < tt->nr_lines; i++) {
		line = &tt->line[i];
		if (line->kind != TT_TYPED || line->absent ||
		    find(tt, TT_TYPED, line->name) != line || nr--)
			continue;
		snprintf(ret->name, sizeof(ret->name), "%s", line->name);
		snprintf(ret->build_id, sizeof(ret->build_id), "%s",
			 strcmp(line->text, "-") ? line->text : "");
		return true;
	}
	return false;
}

static uint64_t tt_stamp(void *ctx)
{
	return ((struct texttarget *)ctx)->stamp;
}

static bool tt_interrupted(void *ctx)
{
	struct texttarget *tt = ctx;

	return ++tt->polls > tt->interrupt_after && tt->interrupt_after;
}

static const struct ofl_memory_ops tt_memory_ops = {
	.read = tt_read,
	.symbol = tt_symbol,
	.symbol_at = tt_symbol_at,
	.symbol_in = tt_symbol_in,
	.physical = tt_physical,
	.vmcoreinfo = tt_vmcoreinfo,
};

static const struct ofl_type_ops tt_type_ops = {
	.struct_bytes = tt_struct,
	.member = tt_member,
	.enumerator = tt_enumerator,
	.array_len = tt_array,
	.typed = tt_typed,
};

static unsigned int tt_columns(void *ctx)
{
	return ((const struct texttarget *)ctx)->columns;
}

static const struct ofl_host_ops tt_host_ops = {
	.number = tt_host,
	.stamp = tt_stamp,
	.interrupted = tt_interrupted,
	.columns = tt_columns,
};

static void start(struct texttarget *tt)
{
	memset(tt, 0, sizeof(*tt));
	tt->target.memory = &tt_memory_ops;
	tt->target.types = &tt_type_ops;
	tt->target.host = &tt_host_ops;
	tt->target.ctx = tt;
	tt->fail_how = OFL_READ_UNREADABLE;
}

enum ofl_status texttarget_load(struct texttarget *tt, const char *path,
				struct ofl_err *err)
{
	struct loader top = { .tt = tt, .path = path, .err = err };
	enum ofl_status st;

	start(tt);
	st = load_file(&top, path);
	if (!st)
		flatten(tt);
	return st;
}

enum ofl_status texttarget_parse(struct texttarget *tt, const char *text,
				 struct ofl_err *err)
{
	struct loader ld = { .tt = tt, .path = "text", .err = err };
	enum ofl_status st;
	FILE *f;

	start(tt);
	f = must(fmemopen((void *)text, strlen(text), "r"));
	st = load_stream(&ld, f);
	fclose(f);
	if (!st)
		flatten(tt);
	return st;
}

void texttarget_free(struct texttarget *tt)
{
	size_t i;

	for (i = 0; i < tt->nr_lines; i++) {
		free(tt->line[i].name);
		free(tt->line[i].text);
		free(tt->line[i].data);
	}
	free(tt->line);
	free(tt->piece);
	memset(tt, 0, sizeof(*tt));
}
