// SPDX-License-Identifier: GPL-2.0-or-later
/* typed.c - hold the files of types against the builds in the dump */
#include <stdlib.h>
#include <string.h>

#include "kernel/build.h"
#include "layout/load.h"
#include "session/typed.h"
#include "target/text.h"

#define VMLINUX	"vmlinux"

/** struct foreign - modules whose types are another build's */
struct foreign {
	struct ofl_typed first;
	char in_dump[OFL_BUILD_ID_MAX];
	char names[80];		/* of those that fit, */
	unsigned int nr, named;
};

static void compare(const struct ofl_target *t, const struct ofl_layout *l,
		    const struct ofl_typed *file, struct foreign *f)
{
	struct ofl_text names = ofl_text_after(f->names, sizeof(f->names));
	char id[OFL_BUILD_ID_MAX];

	if (!file->build_id[0] || !ofl_build_of_module(t, l, file->name, id) ||
	    !strcmp(id, file->build_id))
		return;
	if (!f->nr++) {
		f->first = *file;
		memcpy(f->in_dump, id, sizeof(id));
	}
	f->named += ofl_text_whole(&names, "%s%s", f->named ? ", " : "",
				   file->name);
}

static enum ofl_status say(const struct ofl_target *t, const struct foreign *f,
			   struct ofl_err *err)
{
	const char *name = f->first.name;
	char more[32] = "";

	if (f->nr == 1)
		return ofl_fail(err, OFL_ERR_CONFLICT,
			"%s: the file that mod -s loaded is of another build (build id %s, in the dump %s), so no type can be trusted: mod -d %s, then mod -s %s with the file of %s",
			name, f->first.build_id, f->in_dump, name, name,
			t->release);
	if (f->nr > f->named)
		ofl_text_put(more, sizeof(more), " and %u more",
			     f->nr - f->named);
	return ofl_fail(err, OFL_ERR_CONFLICT,
		"%s%s: files that mod -s loaded are of other builds (%s: build id %s, in the dump %s), so no type can be trusted: mod -d each of them, or start crash anew; take the files of %s",
		f->names, more, name, f->first.build_id, f->in_dump,
		t->release);
}

enum ofl_status ofl_typed_check(const struct ofl_target *t, struct ofl_err *err)
{
	struct foreign f = { .nr = 0 };
	struct ofl_layout *l = NULL;
	enum ofl_status st = OFL_OK;
	struct ofl_typed file;
	unsigned int nr;

	for (nr = 0; !st && ofl_typed(t, nr, &file); nr++) {
		if (!strcmp(file.name, VMLINUX))
			continue;
		if (!l) {
			l = calloc(1, sizeof(*l));
			st = l ? ofl_layout_load_modules(t, l, err) :
			     ofl_fail(err, OFL_ERR_NOMEM,
				      "no memory for the facts of modules");
		}
		if (!st)
			compare(t, l, &file, &f);
	}
	if (st)
		ofl_fail_in(err, "checking %s, which mod -s loaded", file.name);
	free(l);
	return st ? st : f.nr ? say(t, &f, err) : OFL_OK;
}

void ofl_typed_doubt(const struct ofl_target *t, char *buf, size_t bytes)
{
	char id[OFL_BUILD_ID_MAX];
	struct ofl_typed file;
	unsigned int nr;

	buf[0] = '\0';
	for (nr = 0; ofl_typed(t, nr, &file); nr++)
		if (!strcmp(file.name, VMLINUX) && file.build_id[0] &&
		    ofl_build_of_kernel(t, id) && strcmp(id, file.build_id))
			ofl_text_put(buf, bytes,
				"vmlinux is of another build than the kernel in the dump (build id %s, in the dump %s): layouts may differ",
				file.build_id, id);
}
