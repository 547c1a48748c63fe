// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_command.c - whole commands over a target that lies
 *
 * A recording of a real dump gives the answers. The input says which of them
 * become lies: words of memory that are zero, all ones, a pointer to where
 * they are, a pointer seen before, or anything; reads that fail; facts that
 * are not known or wrong. Memory that the recording has not is made of the
 * rest of the input.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/run.h"
#include "texttarget.h"

#define MAX_LIES	24
#define NR_SEEN		32
#define MANY_ANSWERS	3000	/* then the user presses ^C */
#define MORE_ANSWERS	30000	/* where holders are looked for, too */
#define MOST_ANSWERS	1000000	/* a command that still asks gets no more */

/* what was recorded, and the pages whose struct pages are in it */
static const struct {
	const char *path, *pages;
	uint32_t answers;
} fixtures[] = {
	{ "tests/golden/6.1-edge.fixture", "10dff0-10e00f", MANY_ANSWERS },
	{ "tests/golden/6.12-numa.fixture", "15a3f0-15a40f", MANY_ANSWERS },
	{ "tests/golden/7.2-scattered.fixture", "100000-10003f", MANY_ANSWERS },
	{ "tests/golden/7.2-stale.fixture", "1383f0-13840f", MANY_ANSWERS },
	{ "tests/golden/6.1-edge.fixture", "0-fffffff", MANY_ANSWERS },
	/* holders, and devices: pages of processes and files in a DIMM */
	{ "tests/golden/6.1-unplug.fixture", "180000-18003f", MORE_ANSWERS },
	{ "tests/golden/6.1-unplug.fixture", "8000-ffff", MORE_ANSWERS },
};
#define NR_FIXTURES (sizeof(fixtures) / sizeof(fixtures[0]))
#define FIXTURES_BEFORE 5

static const char *const commands[] = {
	"offline", "offline -j -v", "offrange -a", "offrange -a -j", "offblock",
	"offblock -j", "offblock -n 0", "offcheck -a", "offcheck -j",
	"offline -x -j", "offrange -x -a -j", "offrange -z Movable -n 0",
	"offline -S 20-28", "offrange -P 100000000-13fffffff -o PFN,SIZE,NODE",
	"offcheck -l 3 -n 0", "offmap", "offmap -w", "offmap -w -s -j",
	/* those that name holders and devices */
	"offblock -w", "offblock -w -j -a", "offblock -d", "offblock -d -j",
	"offblock memory48", "offblock -j memory48", "offblock pfn:0x180009",
	"offblock -j 0x180027000", "offblock memory1", "offowner -v",
};
#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))
#define COMMANDS_BEFORE 18
#define LATER	0xc0	/* what is below means what it did when the corpus began */

/** struct lie - what becomes of one answer */
struct lie {
	uint32_t answer;	/* its number, from 0 */
	uint8_t how;
	uint16_t where;
	uint64_t value;
};

static struct texttarget truth[NR_FIXTURES];
static const struct ofl_target *honest;
static struct lie lies[MAX_LIES];
static size_t nr_lies;
static uint32_t answer, enough;
static uint64_t seen[NR_SEEN];	/* addresses that were asked for */
static struct fuzz_input rest;
static bool inventive;		/* memory that nobody recorded can be read */

static const struct lie *lie_now(void)
{
	size_t i;

	for (i = 0; i < nr_lies; i++)
		if (lies[i].answer == answer)
			break;
	answer++;
	return i < nr_lies ? &lies[i] : NULL;
}

static uint64_t bent(const struct lie *l, uint64_t was, uint64_t self)
{
	switch (l->how % 8) {
	case 0: return 0;
	case 1: return UINT64_MAX;
	case 2: return self;
	case 3: return seen[l->value % NR_SEEN];
	case 4: return was ^ 1ull << (l->value & 63);
	case 5: return was + (uint64_t)(int8_t)l->value;
	case 6: return l->value;
	default: return was | l->value;
	}
}

static void invent(uint64_t kva, unsigned char *buf, size_t bytes)
{
	size_t i, n, at = rest.left ? kva % rest.left : 0;

	memset(buf, 0, bytes);
	for (i = 0; rest.left && i < bytes; i += n, at = 0) {
		n = rest.left - at < bytes - i ? rest.left - at : bytes - i;
		memcpy(buf + i, rest.at + at, n);
	}
}

static enum ofl_read lying_read(void *ctx, uint64_t kva, void *buf,
				size_t bytes)
{
	const struct lie *l = lie_now();
	enum ofl_read got;
	uint64_t word;
	size_t at;

	(void)ctx;
	if (answer > MOST_ANSWERS || (l && l->how >= 240))
		return OFL_READ_UNREADABLE;
	if (l && l->how >= 224)
		return OFL_READ_EXCLUDED;
	got = ofl_read(honest, kva, buf, bytes);
	if (got && inventive) {
		invent(kva, buf, bytes);
		got = OFL_READ_OK;
	}
	seen[answer % NR_SEEN] = kva;
	if (!l || got || bytes < 4)
		return got;
	at = bytes < 8 ? 0 : l->where % (bytes / 8) * 8;
	word = 0;
	memcpy(&word, (char *)buf + at, bytes < 8 ? bytes : 8);
	word = bent(l, word, kva);
	memcpy((char *)buf + at, &word, bytes < 8 ? bytes : 8);
	return got;
}

static bool lying_number(const struct lie *l, bool known, uint64_t *ret)
{
	if (!l)
		return known;
	if (l->how >= 224)
		return false;
	*ret = bent(l, known ? *ret : 0, l->value);
	return true;
}

static bool lying_symbol(void *ctx, const char *name, uint64_t *ret)
{
	const struct lie *l = lie_now();

	(void)ctx;
	return lying_number(l, ofl_symbol(honest, name, ret), ret);
}

static bool lying_struct(void *ctx, const char *type, uint64_t *ret)
{
	const struct lie *l = lie_now();

	(void)ctx;
	return lying_number(l, ofl_struct_bytes(honest, type, ret),
			    ret);
}

static bool lying_member(void *ctx, const char *type, const char *member,
			 struct ofl_member *ret)
{
	const struct lie *l = lie_now();
	bool known = ofl_member(honest, type, member, ret);

	(void)ctx;
	if (l && !known)
		memset(ret, 0, sizeof(*ret));
	return lying_number(l, known, l && l->where & 1 ? &ret->size_bytes :
							  &ret->offset_bytes);
}

static bool lying_enumerator(void *ctx, const char *name, int64_t *ret)
{
	const struct lie *l = lie_now();

	(void)ctx;
	return lying_number(l, ofl_enumerator(honest, name, ret),
			    (uint64_t *)ret);
}

static bool lying_array(void *ctx, const char *symbol, uint64_t *ret)
{
	const struct lie *l = lie_now();

	(void)ctx;
	return lying_number(l, ofl_array_len(honest, symbol, ret),
			    ret);
}

static bool lying_host(void *ctx, enum ofl_host what, uint64_t *ret)
{
	const struct lie *l = lie_now();

	(void)ctx;
	return lying_number(l, ofl_host_number(honest, what, ret), ret);
}

static bool lying_text(const struct lie *l, bool known, char *buf, size_t bytes)
{
	if (!l || l->how >= 224)
		return !l && known;
	if (l->how & 1 || !known)
		snprintf(buf, bytes, "%lld", (long long)l->value);
	else if (buf[0])
		buf[l->where % strlen(buf)] = (char)(l->value | 1);
	return true;
}

static bool lying_vmcoreinfo(void *ctx, const char *key, char *buf,
			     size_t bytes)
{
	const struct lie *l = lie_now();

	(void)ctx;
	return lying_text(l, honest->memory->vmcoreinfo(honest->ctx, key, buf,
						     bytes), buf, bytes);
}

static bool lying_symbol_at(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	const struct lie *l = lie_now();

	(void)ctx;
	return lying_text(l, ofl_symbol_at(honest, kva, buf,
					   bytes), buf, bytes);
}

static bool lying_interrupted(void *ctx)
{
	const struct lie *l = lie_now();

	(void)ctx;
	return answer > enough || (l && l->how == 255);
}

static const struct ofl_memory_ops lying_memory_ops = {
	.read = lying_read,
	.symbol = lying_symbol,
	.symbol_at = lying_symbol_at,
	.vmcoreinfo = lying_vmcoreinfo,
};

static const struct ofl_type_ops lying_type_ops = {
	.struct_bytes = lying_struct,
	.member = lying_member,
	.enumerator = lying_enumerator,
	.array_len = lying_array,
};

static const struct ofl_host_ops lying_host_ops = {
	.number = lying_host,
	.interrupted = lying_interrupted,
};

static void run(struct ofl_session *s, const char *command, const char *pages)
{
	char line[128], *argv[16], *save = NULL, *word, *text = NULL;
	struct ofl_err err = { .status = OFL_OK };
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int argc = 0;

	snprintf(line, sizeof(line), "%s -p %s", command, pages);
	for (word = strtok_r(line, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	if (!out)
		abort();
	if (ofl_command_run(s, argc, argv, out, &err) && !err.text[0])
		abort();	/* a failure without a word */
	fclose(out);
	/* a document that was begun is ended */
	if (len && text[0] == '{' && strcmp(text + len - 2, "}\n"))
		abort();
	free(text);
}

/* one of @nr rows, of which the corpus knew @before */
static size_t pick(struct fuzz_input *in, size_t before, size_t nr)
{
	size_t i = fuzz_take(in, 1);

	return i < LATER ? i % before : before + i % (nr - before);
}

static void load(void)
{
	struct ofl_err err;
	size_t i;

	for (i = 0; i < NR_FIXTURES; i++)
		if (texttarget_load(&truth[i], fixtures[i].path, &err)) {
			fprintf(stderr, "%s\n", err.text);
			exit(2);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	struct ofl_target target;
	struct ofl_session s;
	const char *first, *second, *pages;
	size_t i;

	if (!honest)
		load();
	i = pick(&in, FIXTURES_BEFORE, NR_FIXTURES);
	honest = &truth[i].target;
	pages = fixtures[i].pages;
	enough = fixtures[i].answers;
	first = commands[pick(&in, COMMANDS_BEFORE, NR_COMMANDS)];
	second = commands[pick(&in, COMMANDS_BEFORE, NR_COMMANDS)];
	i = fuzz_take(&in, 1);
	inventive = i & 1;
	nr_lies = i / 2 % (MAX_LIES + 1);
	for (i = 0; i < nr_lies; i++)
		lies[i] = (struct lie){
			.answer = (uint32_t)fuzz_take(&in, 2),
			.how = (uint8_t)fuzz_take(&in, 1),
			.where = (uint16_t)fuzz_take(&in, 2),
			.value = fuzz_take(&in, 8),
		};
	rest = in;
	answer = 0;
	memset(seen, 0, sizeof(seen));
	target = *honest;
	target.memory = &lying_memory_ops;
	target.types = &lying_type_ops;
	target.host = &lying_host_ops;
	target.live = false;
	ofl_session_init(&s, &target);
	run(&s, first, pages);
	run(&s, second, pages);
	ofl_session_drop(&s);
	return 0;
}
