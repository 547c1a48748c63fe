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
			   struct ofl_run_ctx *ctx, struct ofl_err *err)
{
	const struct ofl_options *o = ctx->o;
	enum ofl_status st;

	ctx->s = s;
	st = ofl_session_begin(s, o->crash_reads, err);
	if (!st && c->judges)
		st = ofl_session_late(s, err);
	if (!st)
		st = ofl_filter_resolve(&o->filter, &s->layout, &s->nodes,
					&ctx->filter, err);
	ctx->scan = (struct ofl_scan_request){
		.filter = &ctx->filter, .every_page = o->every_page,
		.workers = o->workers, .recall = &s->recall,
		.ram = ofl_session_ram, .ram_arg = s,
	};
	if (!st)
		st = ofl_filter_refuse_nowhere(s->t, &o->filter, &s->layout,
					       &s->nodes, &ctx->filter, err);
	return st ? st : c->run(ctx, err);
}

/* the same over a target that writes down all that is asked of it */
static enum ofl_status run_recorded(struct ofl_session *s,
				    const struct ofl_command *c,
				    struct ofl_run_ctx *ctx,
				    struct ofl_err *err)
{
	struct ofl_recorder *rec;
	struct ofl_session recorded;
	enum ofl_status st;

	st = ofl_record_open(s->t, ctx->o->record, &rec, err);
	if (st)
		return st;
	ofl_session_init(&recorded, ofl_record_target(rec));
	st = run(&recorded, c, ctx, err);
	ofl_session_drop(&recorded);
	if (st)
		ofl_record_close(rec, NULL);
	else
		st = ofl_record_close(rec, err);
	return st;
}

/* memory is also read where no scan is: facts, and what drivers keep */
static enum ofl_status end(struct ofl_session *s, enum ofl_status st,
			   const struct ofl_run_ctx *ctx, struct ofl_err *err)
{
	struct ofl_err differ;

	if (!ofl_session_end(s, &differ) || st || ctx->failed)
		return st;
	*err = differ;
	return differ.status;
}

/* a failure of which no view tells is a document of its own, with -j */
static enum ofl_status tell(const struct ofl_session *s,
			    const struct ofl_run_ctx *ctx, enum ofl_status st,
			    struct ofl_err *err)
{
	struct ofl_view v;

	if (!st || st == OFL_ERR_OUTPUT || !ctx->o->json || ctx->opened)
		return st;
	ofl_view_open(&v, ctx->out, true, false, ctx->name);
	ofl_show_host(&v, s->t);
	return ofl_view_close(&v, OFL_RESULT_FAILED, err->text) ?
	       ofl_view_lost(&v, err) : OFL_OK;
}

static const struct ofl_command *find(const char *name)
{
	const struct ofl_command *c;

	for (c = ofl_commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

static enum ofl_status parse(int argc, char **argv, struct ofl_options *o,
			     const struct ofl_command **ret,
			     struct ofl_err *err)
{
	const struct ofl_command *c = *ret = find(argv[0]);

	memset(o, 0, sizeof(*o));
	err->status = OFL_OK;
	err->text[0] = '\0';
	if (!c)
		return ofl_fail(err, OFL_ERR_ARG, "no command %s", argv[0]);
	/* also where another word is wrong: a script gets a document */
	if (ofl_options_parse(c, argc, argv, o, err))
		o->json = ofl_options_json(c, argc, argv);
	return err->status;
}

/* @why: in  why not; NULL: run it */
static enum ofl_status run_or_refuse(struct ofl_session *s, const char *why,
				     int argc, char **argv, FILE *out,
				     struct ofl_err *err)
{
	const struct ofl_command *c;
	struct ofl_options o;
	struct ofl_run_ctx ctx = { .o = &o, .out = out, .name = argv[0] };
	enum ofl_status st = parse(argc, argv, &o, &c, err);

	if (st)
		return tell(s, &ctx, st, err);
	if (o.version)
		return ofl_view_line(out, "offline.so", ofl_version, err);
	if (why)
		return tell(s, &ctx, ofl_fail(err, OFL_ERR_UNSUPPORTED, "%s",
					      why), err);
	st = o.record ? run_recorded(s, c, &ctx, err) : run(s, c, &ctx, err);
	return tell(s, &ctx, end(s, st, &ctx, err), err);
}

enum ofl_status ofl_command_run(struct ofl_session *s, int argc, char **argv,
				FILE *out, struct ofl_err *err)
{
	return run_or_refuse(s, NULL, argc, argv, out, err);
}

enum ofl_status ofl_command_refuse(struct ofl_session *s, const char *why,
				   int argc, char **argv, FILE *out,
				   struct ofl_err *err)
{
	return run_or_refuse(s, why, argc, argv, out, err);
}
