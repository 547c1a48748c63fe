// SPDX-License-Identifier: GPL-2.0-or-later
/* options.c - the options that all commands share */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "scan/workers.h"

static enum ofl_status set_workers(struct ofl_options *o, struct ofl_err *err)
{
	char *end;
	unsigned long n = strtoul(optarg, &end, 10);

	if (*end || end == optarg || n < 1 || n > OFL_MAX_WORKERS)
		return ofl_fail(err, OFL_ERR_ARG,
			"-w %s: not a number of processes; give 1 to %d",
			optarg, OFL_MAX_WORKERS);
	o->workers = (unsigned int)n;
	return OFL_OK;
}

static enum ofl_status set(struct ofl_options *o, int c, struct ofl_err *err)
{
	switch (c) {
	case 'n': o->filter.node = optarg; break;
	case 'z': o->filter.zone = optarg; break;
	case 'p': o->filter.pfn = optarg; break;
	case 'P': o->filter.phys = optarg; break;
	case 'S': o->filter.section = optarg; break;
	case 'B': o->filter.block = optarg; break;
	case 'o': o->columns = optarg; break;
	case 'R': o->record = optarg; break;
	case 'j': o->json = true; break;
	case 'H': o->no_header = true; break;
	case 'a': o->all = true; break;
	case 'v': o->verbose = true; break;
	case 'x': o->every_page = true; break;
	case 'C': o->crash_reads = true; break;
	case 'l': o->limit = optarg; break;
	case 'O': o->owner = optarg; break;
	case 'w': return set_workers(o, err);
	}
	return OFL_OK;
}

/* crash splits "[mem 0x...-0x...]" at the blank */
static void join(char *buf, size_t bytes, const char *word)
{
	size_t used = strlen(buf);

	snprintf(buf + used, bytes - used, "%s%s", used ? " " : "", word);
}

enum ofl_status ofl_options_parse(const struct ofl_command *c, int argc,
				  char **argv, struct ofl_options *o,
				  struct ofl_err *err)
{
	int opt;

	memset(o, 0, sizeof(*o));
	optind = 0;		/* glibc: start over, whoever used it before */
	opterr = 0;		/* one line, and we say it */
	while ((opt = getopt(argc, argv, c->options)) != -1) {
		if (opt == ':')
			return ofl_fail(err, OFL_ERR_ARG,
				"option -%c needs an argument; see 'help %s'",
				optopt, c->name);
		if (opt == '?')
			return ofl_fail(err, OFL_ERR_ARG,
				"unknown option -%c; see 'help %s'",
				optopt ? optopt : '-', c->name);
		if (set(o, opt, err))
			return err->status;
	}
	for (; c->operand && optind < argc; optind++)
		join(o->operand, sizeof(o->operand), argv[optind]);
	if (o->operand[0])
		o->filter.operand = o->operand;
	if (optind < argc)
		return ofl_fail(err, OFL_ERR_ARG,
			"unexpected argument '%s'; see 'help %s'",
			argv[optind], c->name);
	if (o->json && (o->columns || o->no_header))
		return ofl_fail(err, OFL_ERR_ARG,
			"-%c chooses what a table shows; -j always has every member",
			o->columns ? 'o' : 'H');
	return OFL_OK;
}
