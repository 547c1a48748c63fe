// SPDX-License-Identifier: GPL-2.0-or-later
/* target.c - questions to a target that may not have them all; typed reads */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "target/count.h"
#include "target/target.h"

void ofl_miss(const struct ofl_target *t, uint64_t kva)
{
	if (t->missed && !t->missed->aside && !t->missed->reads++) {
		t->missed->first_kva = kva;
		t->missed->first_what = t->missed->what;
	}
}

enum ofl_read ofl_read(const struct ofl_target *t, uint64_t kva, void *buf,
		       size_t bytes)
{
	enum ofl_read got = t->memory->read(t->ctx, kva, buf, bytes);

	if (got != OFL_READ_OK)
		ofl_miss(t, kva);
	return got;
}

size_t ofl_read_pages(const struct ofl_target *t, uint64_t kva, void *buf,
		      size_t pages)
{
	return t->memory->read_pages ?
	       t->memory->read_pages(t->ctx, kva, buf, pages) : 0;
}

bool ofl_symbol(const struct ofl_target *t, const char *name, uint64_t *kva_ret)
{
	return t->memory->symbol(t->ctx, name, kva_ret);
}

bool ofl_symbol_at(const struct ofl_target *t, uint64_t kva, char *buf,
		   size_t bytes)
{
	return t->memory->symbol_at &&
	       t->memory->symbol_at(t->ctx, kva, buf, bytes);
}

bool ofl_symbol_in(const struct ofl_target *t, uint64_t kva, char *buf,
		   size_t bytes)
{
	return t->memory->symbol_in &&
	       t->memory->symbol_in(t->ctx, kva, buf, bytes);
}

bool ofl_physical(const struct ofl_target *t, uint64_t kva, uint64_t pages,
		  uint64_t *pa_ret)
{
	return t->memory->physical &&
	       t->memory->physical(t->ctx, kva, pages, pa_ret);
}

void ofl_aside(const struct ofl_target *t, bool on)
{
	if (t->missed)
		t->missed->aside = on;
	if (t->memory->aside)
		t->memory->aside(t->ctx, on);
}

struct ofl_missed ofl_missed_begin(const struct ofl_target *t)
{
	struct ofl_missed before = { .reads = 0 };

	if (t->missed) {
		before = *t->missed;
		t->missed->reads = 0;
	}
	return before;
}

void ofl_missed_end(const struct ofl_target *t, const struct ofl_missed *before,
		    struct ofl_missed *part)
{
	*part = (struct ofl_missed){ .reads = 0 };
	if (!t->missed)
		return;
	*part = *t->missed;
	*t->missed = *before;
	ofl_missed_again(t, part);
}

void ofl_missed_again(const struct ofl_target *t,
		      const struct ofl_missed *part)
{
	if (!t->missed)
		return;
	if (!t->missed->reads) {
		t->missed->first_kva = part->first_kva;
		t->missed->first_what = part->first_what;
	}
	t->missed->reads += part->reads;
}

void ofl_missed_what(const struct ofl_target *t, const char *what)
{
	if (t->missed)
		t->missed->what = what;
}

bool ofl_struct_bytes(const struct ofl_target *t, const char *type,
		      uint64_t *bytes_ret)
{
	return t->types->struct_bytes(t->ctx, type, bytes_ret);
}

bool ofl_member(const struct ofl_target *t, const char *type,
		const char *member, struct ofl_member *ret)
{
	return t->types->member(t->ctx, type, member, ret);
}

bool ofl_enumerator(const struct ofl_target *t, const char *name, int64_t *ret)
{
	return t->types->enumerator(t->ctx, name, ret);
}

bool ofl_kernel_enumerator(const struct ofl_target *t, const char *name,
			   int64_t *ret)
{
	return t->types->kernel_enumerator ?
	       t->types->kernel_enumerator(t->ctx, name, ret) :
	       t->types->enumerator(t->ctx, name, ret);
}

bool ofl_array_len(const struct ofl_target *t, const char *symbol,
		   uint64_t *ret)
{
	return t->types->array_len(t->ctx, symbol, ret);
}

struct btf *ofl_kernel_btf(const struct ofl_target *t)
{
	return t->types->kernel_btf ? t->types->kernel_btf(t->ctx) : NULL;
}

bool ofl_typed(const struct ofl_target *t, unsigned int nr,
	       struct ofl_typed *ret)
{
	return t->types->typed && t->types->typed(t->ctx, nr, ret);
}

bool ofl_is_typed(const struct ofl_target *t, const char *module)
{
	struct ofl_typed file;
	unsigned int nr;

	for (nr = 0; ofl_typed(t, nr, &file); nr++)
		if (!strcmp(file.name, module))
			return true;
	return false;
}

void ofl_learned(const struct ofl_target *t, const char *type,
		 const char *member, const struct ofl_member *place,
		 int64_t value)
{
	if (t->types->learned)
		t->types->learned(t->ctx, type, member, place, value);
}

bool ofl_host_number(const struct ofl_target *t, enum ofl_host what,
		     uint64_t *ret)
{
	return t->host && t->host->number && t->host->number(t->ctx, what, ret);
}

uint64_t ofl_stamp(const struct ofl_target *t)
{
	return t->host && t->host->stamp ? t->host->stamp(t->ctx) : 0;
}

uint64_t ofl_types_stamp(const struct ofl_target *t)
{
	return t->host && t->host->types ? t->host->types(t->ctx) : 0;
}

bool ofl_interrupted(const struct ofl_target *t)
{
	return t->host && t->host->interrupted && t->host->interrupted(t->ctx);
}

void ofl_progress(const struct ofl_target *t, uint64_t done, uint64_t total)
{
	if (t->host && t->host->progress)
		t->host->progress(t->ctx, done, total);
}

unsigned int ofl_terminal_columns(const struct ofl_target *t)
{
	return t->host && t->host->columns ? t->host->columns(t->ctx) : 0;
}

void ofl_reading(const struct ofl_target *t, struct ofl_reading *ret)
{
	*ret = (struct ofl_reading){ .why_host = "" };
	if (t->host && t->host->reading)
		t->host->reading(t->ctx, ret);
}

void ofl_host_reads(const struct ofl_target *t, bool on)
{
	if (t->host && t->host->host_reads)
		t->host->host_reads(t->ctx, on);
}

void ofl_rereads(const struct ofl_target *t, bool on)
{
	if (t->host && t->host->rereads)
		t->host->rereads(t->ctx, on);
}

bool ofl_sharing(const struct ofl_target *t, struct ofl_sharing *ret)
{
	if (!t->host || !t->host->sharing)
		return false;
	t->host->sharing(t->ctx, ret);
	return true;
}

bool ofl_start(const struct ofl_target *t, void (*work)(void *arg, int fd),
	       void *arg, struct ofl_process *ret)
{
	return t->host && t->host->start &&
	       t->host->start(t->ctx, work, arg, ret);
}

void ofl_stop(const struct ofl_target *t, struct ofl_process *process)
{
	if (t->host && t->host->stop)
		t->host->stop(t->ctx, process);
}

bool ofl_read_u32(const struct ofl_target *t, uint64_t kva, uint32_t *ret)
{
	uint32_t v;

	if (ofl_read(t, kva, &v, sizeof(v)) != OFL_READ_OK)
		return false;
	*ret = v;
	return true;
}

bool ofl_reads_zero(const struct ofl_target *t, uint64_t kva, size_t bytes)
{
	unsigned char buf[256];

	return bytes <= sizeof(buf) &&
	       ofl_read(t, kva, buf, bytes) == OFL_READ_OK &&
	       ofl_all_zero(buf, bytes);
}

const char *ofl_read_text(enum ofl_read why)
{
	switch (why) {
	case OFL_READ_OK:
		return "was read";
	case OFL_READ_EXCLUDED:
		return "was left out of the dump by its filter (makedumpfile -d)";
	case OFL_READ_UNREADABLE:
		break;
	}
	return "cannot be read from the dump";
}

bool ofl_read_u64(const struct ofl_target *t, uint64_t kva, uint64_t *ret)
{
	uint64_t v;

	if (ofl_read(t, kva, &v, sizeof(v)) != OFL_READ_OK)
		return false;
	*ret = v;
	return true;
}

bool ofl_read_uint(const struct ofl_target *t, uint64_t kva, uint64_t bytes,
		   uint64_t *ret)
{
	union {
		uint8_t one;
		uint16_t two;
		uint32_t four;
		uint64_t eight;
	} v;

	if (bytes > sizeof(v) || (bytes & (bytes - 1)) || !bytes ||
	    ofl_read(t, kva, &v, bytes) != OFL_READ_OK)
		return false;
	*ret = bytes == 1 ? v.one : bytes == 2 ? v.two :
	       bytes == 4 ? v.four : v.eight;
	return true;
}

bool ofl_read_member(const struct ofl_target *t, uint64_t struct_kva,
		     const struct ofl_member *member, uint64_t *ret)
{
	return ofl_read_uint(t, struct_kva + member->offset_bytes,
			     member->size_bytes, ret);
}

bool ofl_read_str(const struct ofl_target *t, uint64_t kva, char *buf,
		  size_t bytes)
{
	size_t i;

	/* byte by byte: the string may end right before a page that is not there */
	for (i = 0; i < bytes; i++) {
		if (ofl_read(t, kva + i, buf + i, 1) != OFL_READ_OK ||
		    (buf[i] && !isprint((unsigned char)buf[i])))
			break;
		if (!buf[i])
			return i > 0;
	}
	/* the beginning of a name is another name */
	buf[i < bytes ? 0 : bytes - 1] = '\0';
	return i == bytes;
}

enum ofl_status ofl_readers_agree(const struct ofl_target *t,
				  struct ofl_err *err)
{
	struct ofl_reading reading;

	ofl_reading(t, &reading);
	if (!reading.differ)
		return OFL_OK;
	return ofl_fail(err, OFL_ERR_CONFLICT,
		"offline.so and crash read different bytes of the dump at %"
		PRIx64 ": do not use what this command said; from now on crash reads alone",
		reading.differ_kva);
}

const char *ofl_host_name(enum ofl_host what)
{
	static const char *const name[] = {
		[OFL_HOST_PAGE_SIZE] = "page_size",
		[OFL_HOST_SECTION_SIZE_BITS] = "section_size_bits",
		[OFL_HOST_MAX_PHYSMEM_BITS] = "max_physmem_bits",
		[OFL_HOST_SPARSEMEM_EXTREME] = "sparsemem_extreme",
		[OFL_HOST_VMEMMAP] = "vmemmap",
		[OFL_HOST_PAGEBLOCK_ORDER] = "pageblock_order",
		[OFL_HOST_NO_MODULES] = "no_modules",
	};
	_Static_assert(OFL_COUNT(name) == OFL_NR_HOST,
		       "each number of the host has a name");

	return name[what];
}
