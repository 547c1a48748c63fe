// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * less.c - knowing less never promises more
 *
 *	less [-v] [-e NTH] FIXTURE COMMAND [OPTION...]
 *		lose every answer that the command was given, one at a time; of
 *		those that are alike, pages and single bytes, every NTH
 *	less -z [-e NTH] FIXTURE COMMAND [OPTION...]
 *		have zeros in place of every page that was read, one at a time; of
 *		those of a memmap every NTH
 *	less -n SETS -s SEED FIXTURE COMMAND [OPTION...]
 *		lose seeded random sets of them
 *
 * One line a broken promise: "broken", code, what was lost, what is wrong,
 * with tabs between them; a set is made as small as it can be first. With -v
 * what was answered in full, with the loss, and asked again follows. The last
 * line is "tried", runs, promises broken. Every run has a session of its own,
 * and asks twice: what is kept has to be as poor as it was found.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "commands/run.h"
#include "loss.h"
#include "promise.h"

#define SECONDS_A_RUN	60
#define PIECES_A_READ	8	/* of the larger reads, in random sets */
#define MAX_CODES	16
#define MAX_SET		256

/** struct trial - one command over one fixture */
struct trial {
	struct loss_target lt;
	int argc;
	char **argv;
	char *full_text;		/* of the run that lost nothing */
	char *text, *again;		/* both answers of the last run; owned */
	struct json_object *full;
	bool verbose;

	/* the run at hand */
	size_t set[MAX_SET], nr_set;	/* items that are lost */
	struct {
		char code[16], what[400];
	} broken[MAX_CODES];		/* one a code */
	size_t nr_broken;

	uint64_t random;		/* state of the generator */
	unsigned long runs, total_broken;
};

static struct trial trial;

/* ---- one run ---- */

/* of its own time, not of a clock's: other programs may be busy, too */
static void limit(time_t seconds)
{
	const struct itimerval left = { .it_value.tv_sec = seconds };

	setitimer(ITIMER_PROF, &left, NULL);
}

static char *ask(const struct trial *t, struct ofl_session *s)
{
	struct ofl_err err = { .status = OFL_OK };
	char *argv[16], *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out || t->argc > 15)
		abort();
	memcpy(argv, t->argv, sizeof(*argv) * (size_t)t->argc);
	argv[t->argc] = NULL;
	if (ofl_command_run(s, t->argc, argv, out, &err))
		fprintf(out, "%s\n", err.text);
	fclose(out);
	return text;
}

static void run(struct trial *t)
{
	struct ofl_session s;

	t->runs++;
	limit(SECONDS_A_RUN);
	free(t->text);
	free(t->again);
	ofl_session_init(&s, &t->lt.target);
	t->text = ask(t, &s);
	t->again = ask(t, &s);
	ofl_session_drop(&s);
	limit(0);
}

static void note_broken(void *arg, const char *code, const char *what)
{
	struct trial *t = arg;
	size_t i;

	for (i = 0; i < t->nr_broken; i++)
		if (!strcmp(t->broken[i].code, code))
			return;
	if (i == MAX_CODES)
		return;
	snprintf(t->broken[i].code, sizeof(t->broken[i].code), "%s", code);
	snprintf(t->broken[i].what, sizeof(t->broken[i].what), "%s", what);
	t->nr_broken++;
}

/* where the second answer begins to differ, with what is before it */
static void check_again(struct trial *t)
{
	const char *text = t->text;
	char what[200];
	size_t at = 0, from;

	while (text[at] && text[at] == t->again[at])
		at++;
	if (!text[at] && !t->again[at])
		return;
	from = at > 40 ? at - 40 : 0;
	snprintf(what, sizeof(what), "%.90s ... then %.90s", text + from,
		 t->again + from);
	for (at = 0; what[at]; at++)
		if (what[at] == '\n' || what[at] == '\t')
			what[at] = ' ';
	note_broken(t, "again", what);
}

/* lose the set at hand, run, compare */
static void try_set(struct trial *t)
{
	struct promise p = { .full = t->full, .broken = note_broken, .arg = t };
	size_t i;

	t->nr_broken = 0;
	for (i = 0; i < t->nr_set; i++)
		loss_take(&t->lt, t->set[i]);
	run(t);
	loss_give_back(&t->lt);
	if (strcmp(t->text, t->full_text)) {
		p.less = json_tokener_parse(t->text);
		promise_check(&p);
		json_object_put(p.less);
	}
	check_again(t);
}

static bool is_broken(const struct trial *t, const char *code)
{
	size_t i;

	for (i = 0; i < t->nr_broken; i++)
		if (!strcmp(t->broken[i].code, code))
			return true;
	return false;
}

static void print_set(const struct trial *t, FILE *f)
{
	size_t i;

	for (i = 0; i < t->nr_set; i++) {
		fputs(i ? "; " : "", f);
		loss_print(&t->lt.item[t->set[i]], f);
	}
}

static void print_broken(struct trial *t, size_t i)
{
	printf("broken\t%s\t", t->broken[i].code);
	print_set(t, stdout);
	printf("\t%s\n", t->broken[i].what);
	if (t->verbose)
		printf("%s\n%s\n%s\n", t->full_text, t->text, t->again);
	t->total_broken++;
}

/* a run that dies says what it had lost */
static void died(int signal_nr)
{
	fprintf(stderr, "less: signal %d without: ", signal_nr);
	print_set(&trial, stderr);
	fputs("\n", stderr);
	signal(signal_nr, SIG_DFL);
	raise(signal_nr);
}

/* ---- every single loss ---- */

/* is it another page of many, or another letter of a name? */
static bool is_one_of_many(const struct loss_item *item)
{
	return item->kind == LOSS_MEM &&
	       (item->bytes == 1 || item->bytes >= 4096);
}

static void lose_each(struct trial *t, unsigned long nth)
{
	size_t i, b, many = 0, nr = t->lt.nr;

	for (i = 0; i < nr; i++) {
		if (!t->lt.item[i].given ||
		    (is_one_of_many(&t->lt.item[i]) && many++ % nth))
			continue;
		t->set[0] = i;
		t->nr_set = 1;
		try_set(t);
		for (b = 0; b < t->nr_broken; b++)
			print_broken(t, b);
	}
}

/* the pages that a read touched, as items; of a memmap every @nth */
static void add_pages(struct trial *t, size_t i, unsigned long nth)
{
	const struct loss_item item = t->lt.item[i];
	uint64_t page = 4096, step, kva;

	ofl_host_number(&t->lt.target, OFL_HOST_PAGE_SIZE, &page);
	step = item.bytes >= page ? page * nth : page;
	if (item.kind != LOSS_MEM || !item.given)
		return;
	for (kva = item.kva & ~(page - 1); kva < item.kva + item.bytes; kva += step)
		loss_piece(&t->lt, kva, page);
}

/* a page of zeros: what some dumps have where a filter took it out */
static void zero_each(struct trial *t, unsigned long nth)
{
	size_t i, b, nr = t->lt.nr;

	for (i = 0; i < nr; i++)
		add_pages(t, i, nth);
	t->lt.zeros = true;
	for (i = nr; i < t->lt.nr; i++) {
		t->set[0] = i;
		t->nr_set = 1;
		try_set(t);
		for (b = 0; b < t->nr_broken; b++)
			print_broken(t, b);
	}
}

/* ---- random sets ---- */

/* splitmix64 */
static uint64_t roll(struct trial *t, uint64_t below)
{
	uint64_t z = t->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (z ^ z >> 31) % below;
}

static void add(struct trial *t, size_t item)
{
	size_t i;

	for (i = 0; i < t->nr_set; i++)
		if (t->set[i] == item)
			return;
	if (t->lt.item[item].given && t->nr_set < MAX_SET)
		t->set[t->nr_set++] = item;
}

/* pages and words of what was read at once */
static void add_pieces(struct trial *t)
{
	size_t i, n, nr = t->lt.nr;
	uint64_t kva, bytes, at;

	for (i = 0; i < nr; i++) {
		kva = t->lt.item[i].kva;
		bytes = t->lt.item[i].bytes;
		if (t->lt.item[i].kind != LOSS_MEM || bytes < 4096)
			continue;
		for (n = 0; n < PIECES_A_READ; n++) {
			at = roll(t, bytes / 64) * 64;
			loss_piece(&t->lt, kva + at, n % 2 ? 64 : 4096);
		}
	}
}

/* members of one struct, or facts of a name, or memory of a neighbourhood */
static bool alike(const struct loss_item *a, const struct loss_item *b)
{
	size_t n = strcspn(a->name, "._");

	if (a->kind == LOSS_MEM)
		return b->kind == LOSS_MEM && a->kva >> 16 == b->kva >> 16;
	return b->kind != LOSS_MEM && n && !strncmp(a->name, b->name, n);
}

static void choose_set(struct trial *t)
{
	size_t most = (size_t)1 << roll(t, 6), first, i, n;

	t->nr_set = 0;
	t->lt.how = roll(t, 4) ? OFL_READ_UNREADABLE : OFL_READ_EXCLUDED;
	switch (roll(t, 3)) {
	case 0:		/* anything */
		for (n = 0; n < most; n++)
			add(t, roll(t, t->lt.nr));
		break;
	case 1:		/* what was asked one after the other */
		first = roll(t, t->lt.nr);
		for (i = first; i < t->lt.nr && i < first + most; i++)
			if (roll(t, 4))
				add(t, i);
		break;
	default:	/* what belongs together, and something else */
		first = roll(t, t->lt.nr);
		for (i = 0; i < t->lt.nr; i++)
			if (alike(&t->lt.item[first], &t->lt.item[i]) &&
			    roll(t, 2))
				add(t, i);
		add(t, roll(t, t->lt.nr));
	}
}

/* leave out whatever is not needed to break the promise in this way */
static void minimise(struct trial *t, const char *code)
{
	size_t i, kept;

	for (i = t->nr_set; i-- > 0; ) {
		kept = t->set[i];
		t->set[i] = t->set[--t->nr_set];
		try_set(t);
		if (is_broken(t, code))
			continue;
		t->set[t->nr_set++] = t->set[i];
		t->set[i] = kept;
	}
	try_set(t);
}

static void lose_sets(struct trial *t, unsigned long sets)
{
	char code[16];
	size_t b;

	add_pieces(t);
	for (; sets; sets--) {
		choose_set(t);
		try_set(t);
		if (!t->nr_broken)
			continue;
		snprintf(code, sizeof(code), "%s", t->broken[0].code);
		minimise(t, code);
		for (b = 0; b < t->nr_broken; b++)
			if (!strcmp(t->broken[b].code, code))
				print_broken(t, b);
	}
}

/* ---- all ---- */

static int usage(void)
{
	fputs("usage: less [-v] [[-z] -e NTH | -n SETS -s SEED] FIXTURE COMMAND [OPTION...]\n",
	      stderr);
	return 2;
}

/* the run that everything is compared with; it notes what is asked */
static bool run_full(struct trial *t)
{
	t->lt.noting = true;
	run(t);
	t->full_text = strdup(t->text);
	t->lt.noting = false;
	if (!t->full_text)
		abort();
	t->full = json_tokener_parse(t->full_text);
	check_again(t);
	if (t->nr_broken)
		print_broken(t, 0);
	if (!t->full)
		fprintf(stderr, "less: %s", t->full_text);
	return t->full;
}

int main(int argc, char **argv)
{
	struct ofl_err err = { .status = OFL_OK };
	struct trial *t = &trial;
	unsigned long sets = 0, nth = 1;
	struct texttarget tt;
	bool zeros = false;
	int opt;

	while ((opt = getopt(argc, argv, "+zve:n:s:")) >= 0) {
		if (opt == 'z')
			zeros = true;
		else if (opt == 'v')
			t->verbose = true;
		else if (opt == 'e')
			nth = strtoul(optarg, NULL, 10);
		else if (opt == 'n')
			sets = strtoul(optarg, NULL, 10);
		else if (opt == 's')
			t->random = strtoull(optarg, NULL, 10);
		else
			return usage();
	}
	if (argc - optind < 2 || !nth)
		return usage();
	if (texttarget_load(&tt, argv[optind], &err)) {
		fprintf(stderr, "less: %s\n", err.text);
		return 2;
	}
	t->argc = argc - optind - 1;
	t->argv = argv + optind + 1;
	optind = 0;
	loss_init(&t->lt, &tt.target);
	signal(SIGSEGV, died);
	signal(SIGABRT, died);
	signal(SIGPROF, died);
	if (!run_full(t))
		return 2;
	if (sets)
		lose_sets(t, sets);
	else if (zeros)
		zero_each(t, nth);
	else
		lose_each(t, nth);
	printf("tried\t%lu\t%lu\n", t->runs - 1, t->total_broken);
	json_object_put(t->full);
	free(t->full_text);
	free(t->text);
	free(t->again);
	loss_free(&t->lt);
	texttarget_free(&tt);
	return fflush(stdout) ? 2 : 0;
}
