// SPDX-License-Identifier: GPL-2.0-or-later
/* witness.c - every witness of a fact that this dump has */
#include <inttypes.h>
#include <string.h>

#include "layout/witness.h"
#include "target/text.h"
#include "target/vmcoreinfo.h"

void ofl_witness_text(const struct ofl_witness *w, char *buf, size_t bytes)
{
	switch (w->kind) {
	case OFL_W_STRUCT:
		ofl_text_put(buf, bytes, "debuginfo sizeof(struct %s)", w->a);
		break;
	case OFL_W_OFFSET:
		ofl_text_put(buf, bytes, "debuginfo %s.%s", w->a, w->b);
		break;
	case OFL_W_BYTES:
		ofl_text_put(buf, bytes, "debuginfo sizeof(%s.%s)", w->a, w->b);
		break;
	case OFL_W_ENUM:
		ofl_text_put(buf, bytes, "enumerator %s", w->a);
		break;
	case OFL_W_NUMBER:
		ofl_text_put(buf, bytes, "VMCOREINFO %s", w->a);
		break;
	case OFL_W_HOST:
		ofl_text_put(buf, bytes, "crash %s",
			     ofl_host_name((enum ofl_host)w->n));
		break;
	case OFL_W_SYMBOL:
		ofl_text_put(buf, bytes, "symbol %s", w->a);
		break;
	case OFL_W_INT:
		ofl_text_put(buf, bytes, "variable %s", w->a);
		break;
	case OFL_W_ARRAY:
		ofl_text_put(buf, bytes, "debuginfo length of %s[]", w->a);
		break;
	case OFL_W_ALWAYS:
		ofl_text_put(buf, bytes, "constant in kernels that lack the enumerator");
		break;
	case OFL_W_NONE:
		ofl_text_put(buf, bytes, "none");
		break;
	}
}

static bool ask_member(const struct ofl_target *t, const struct ofl_witness *w,
		       int64_t *ret)
{
	struct ofl_member m;

	if (!ofl_member(t, w->a, w->b, &m))
		return false;
	*ret = (int64_t)(w->kind == OFL_W_OFFSET ? m.offset_bytes : m.size_bytes);
	return true;
}

static bool ask_int(const struct ofl_target *t, const char *name, int64_t *ret)
{
	uint64_t kva;
	uint32_t v;

	if (!ofl_symbol(t, name, &kva) || !ofl_read_u32(t, kva, &v))
		return false;
	*ret = (int32_t)v;
	return true;
}

static bool ask(const struct ofl_target *t, const struct ofl_witness *w,
		int64_t *ret)
{
	uint64_t v = 0;
	bool ok = false;

	switch (w->kind) {
	case OFL_W_OFFSET:
	case OFL_W_BYTES:
		return ask_member(t, w, ret);
	case OFL_W_ENUM:
		return ofl_kernel_enumerator(t, w->a, ret);
	case OFL_W_NUMBER:
		return ofl_vmcoreinfo_number(t, w->a, ret);
	case OFL_W_INT:
		return ask_int(t, w->a, ret);
	case OFL_W_STRUCT:
		ok = ofl_struct_bytes(t, w->a, &v);
		break;
	case OFL_W_HOST:
		ok = ofl_host_number(t, (enum ofl_host)w->n, &v);
		break;
	case OFL_W_SYMBOL:
		ok = ofl_symbol(t, w->a, &v);
		break;
	case OFL_W_ARRAY:
		ok = ofl_array_len(t, w->a, &v);
		break;
	case OFL_W_ALWAYS:
		v = (uint64_t)w->n;
		ok = true;
		break;
	case OFL_W_NONE:
		break;
	}
	if (ok)
		*ret = (int64_t)v;
	return ok;
}

/*
 * What crash has by architecture is nothing that it found in this dump: crash 9.0.2
 * has sections of 256 MiB for every s390x kernel, and 7.2 has 128 MiB.
 */
static bool is_rule_of_thumb(const struct ofl_witness *w)
{
	return w->kind == OFL_W_ALWAYS ||
	       (w->kind == OFL_W_HOST &&
		(w->n == OFL_HOST_SECTION_SIZE_BITS ||
		 w->n == OFL_HOST_MAX_PHYSMEM_BITS));
}

enum ofl_status ofl_fact_load(const struct ofl_target *t,
			      const struct ofl_fact_row *row,
			      struct ofl_fact *ret, struct ofl_err *err)
{
	char other[64];
	int64_t v;
	size_t i;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < 4 && row->witness[i].kind != OFL_W_NONE; i++) {
		const struct ofl_witness *w = &row->witness[i];

		if (is_rule_of_thumb(w) && ret->known)
			continue;
		if (!ask(t, w, &v))
			continue;
		if (!ret->known) {
			ret->known = true;
			ret->value = v;
			ofl_witness_text(w, ret->source, sizeof(ret->source));
		} else if (ret->value != v) {
			ofl_witness_text(w, other, sizeof(other));
			return ofl_fail(err, OFL_ERR_CONFLICT,
				"%s: %s says %" PRId64 ", %s says %" PRId64
				"; is this the vmlinux of this dump?",
				row->name, ret->source, ret->value, other, v);
		}
	}
	return OFL_OK;
}
