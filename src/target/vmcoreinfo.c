// SPDX-License-Identifier: GPL-2.0-or-later
/* vmcoreinfo.c - one key of VMCOREINFO, from the note or from memory */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "target/vmcoreinfo.h"

/* every kernel with VMCOREINFO writes this key: it tells note from no note */
#define ALWAYS_THERE	"OSRELEASE"
#define MAX_BYTES	8192	/* VMCOREINFO_BYTES is a page or 4096 */

static bool find_key(const char *text, const char *key, char *buf, size_t bytes)
{
	size_t len = strlen(key);
	const char *line, *end;

	for (line = text; *line; line = end + 1) {
		end = strchrnul(line, '\n');
		if (!strncmp(line, key, len) && line[len] == '=') {
			line += len + 1;
			if ((size_t)(end - line) >= bytes)
				return false;
			memcpy(buf, line, (size_t)(end - line));
			buf[end - line] = '\0';
			return true;
		}
		if (!*end)
			break;
	}
	return false;
}

static bool from_memory(const struct ofl_target *t, const char *key, char *buf,
			size_t bytes)
{
	uint64_t data_sym, size_sym, data, size;
	char text[MAX_BYTES + 1];

	if (!ofl_symbol(t, "vmcoreinfo_data", &data_sym) ||
	    !ofl_symbol(t, "vmcoreinfo_size", &size_sym) ||
	    !ofl_read_u64(t, data_sym, &data) ||
	    !ofl_read_u64(t, size_sym, &size) || !size || size > MAX_BYTES ||
	    ofl_read(t, data, text, size) != OFL_READ_OK)
		return false;
	text[size] = '\0';
	return find_key(text, key, buf, bytes);
}

bool ofl_vmcoreinfo_text(const struct ofl_target *t, const char *key, char *buf,
			 size_t bytes)
{
	char release[128];

	if (t->memory->vmcoreinfo(t->ctx, key, buf, bytes))
		return true;
	if (t->memory->vmcoreinfo(t->ctx, ALWAYS_THERE, release,
				  sizeof(release)))
		return false;
	return from_memory(t, key, buf, bytes);
}

bool ofl_vmcoreinfo_number(const struct ofl_target *t, const char *key,
			   int64_t *ret)
{
	char text[64], *end;
	long long v;

	if (!ofl_vmcoreinfo_text(t, key, text, sizeof(text)))
		return false;
	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno || end == text || *end)
		return false;
	*ret = v;
	return true;
}
