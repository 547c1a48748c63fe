// SPDX-License-Identifier: GPL-2.0-or-later
/* run.c - the table of commands, and one command from its words to its view */
#include <string.h>

#include "commands/manual.h"
#include "commands/options.h"
#include "commands/run.h"
#include "commands/version.h"
#include "target/record.h"

const struct ofl_command ofl_commands[] = {
#define COMMAND(id, ID, judges, operand) \
	{ #id, OFL_ON_##ID, ofl_cmd_##id, &ofl_manual_##id, judges, operand },
#include "commands/commands.def"
#undef COMMAND
	{ NULL, 0, NULL, NULL, false, false }
};

static enum ofl_status run(struct ofl_session *s, const struct ofl_command *c,
			   const struct ofl_options *o, FILE *out,
			   struct ofl_err *err)
{
	struct ofl_run_ctx ctx = {
		.name = c->name, .s = s, .o = o, .out = out,
	};
	enum ofl_status st;

	st = ofl_session_begin(s, o->crash_reads, err);
	if (!st && (c->judges || o->verbose))
		st = ofl_session_late(s, err);
	if (!st)
		st = ofl_filter_resolve(&o->filter, &s->layout, &s->nodes,
					&ctx.filter, err);
	ctx.scan = (struct ofl_scan_request){
		.filter = &ctx.filter, .every_page = o->every_page,
		.workers = o->workers, .recall = &s->recall,
	};
	if (!st)
		st = ofl_filter_refuse_nowhere(s->t, &o->filter, &s->layout,
					       &s->nodes, &ctx.filter, err);
	return st ? st : c->run(&ctx, err);
}

/* the same over a target that writes down all that is asked of it */
static enum ofl_status run_recorded(struct ofl_session *s,
				    const struct ofl_command *c,
				    const struct ofl_options *o, FILE *out,
				    struct ofl_err *err)
{
	struct ofl_recorder *rec;
	struct ofl_session recorded;
	enum ofl_status st;

	st = ofl_record_open(s->t, o->record, &rec, err);
	if (st)
		return st;
	ofl_session_init(&recorded, ofl_record_target(rec));
	st = run(&recorded, c, o, out, err);
	ofl_session_drop(&recorded);
	if (st)
		ofl_record_close(rec, NULL);
	else
		st = ofl_record_close(rec, err);
	return st;
}

/* memory is also read where no scan is: facts, and what drivers keep */
static enum ofl_status end(struct ofl_session *s, enum ofl_status st,
			   struct ofl_err *err)
{
	bool told = err->status == OFL_ERR_CONFLICT;
	struct ofl_err differ;

	if (!ofl_session_end(s, &differ) || st || told)
		return st;
	*err = differ;
	return differ.status;
}

static const struct ofl_command *find(const char *name)
{
	const struct ofl_command *c;

	for (c = ofl_commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

enum ofl_status ofl_command_run(struct ofl_session *s, int argc, char **argv,
				FILE *out, struct ofl_err *err)
{
	const struct ofl_command *c = find(argv[0]);
	struct ofl_options o;
	struct ofl_view v;
	enum ofl_status st;

	err->status = OFL_OK;
	err->text[0] = '\0';
	if (!c)
		return ofl_fail(err, OFL_ERR_ARG, "no command %s", argv[0]);
	st = ofl_options_parse(c, argc, argv, &o, err);
	if (st)
		return st;
	if (o.version)
		return ofl_view_line(out, "offline.so", ofl_version);
	st = o.record ? run_recorded(s, c, &o, out, err) :
			run(s, c, &o, out, err);
	st = end(s, st, err);
	if (!st || st == OFL_ERR_OUTPUT || !o.json)
		return st;
	ofl_view_open(&v, out, true, false, c->name);
	return ofl_view_close(&v, OFL_RESULT_FAILED, err->text);
}
