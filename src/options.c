// SPDX-License-Identifier: GPL-2.0-or-later
/* options.c - the options that all commands share */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static void set(struct ofl_options *o, int c)
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
	case 'l': o->limit = optarg; break;
	case 'O': o->owner = optarg; break;
	}
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
		set(o, opt);
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
