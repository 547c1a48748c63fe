// SPDX-License-Identifier: GPL-2.0-or-later
/* target.c - typed reads over the seam */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "target/target.h"

bool ofl_read_u32(const struct ofl_target *t, uint64_t kva, uint32_t *ret)
{
	uint32_t v;

	if (t->ops->read(t->ctx, kva, &v, sizeof(v)) != OFL_READ_OK)
		return false;
	*ret = v;
	return true;
}

bool ofl_read_u64(const struct ofl_target *t, uint64_t kva, uint64_t *ret)
{
	uint64_t v;

	if (t->ops->read(t->ctx, kva, &v, sizeof(v)) != OFL_READ_OK)
		return false;
	*ret = v;
	return true;
}

bool ofl_read_str(const struct ofl_target *t, uint64_t kva, char *buf,
		  size_t bytes)
{
	size_t i;

	/* byte by byte: the string may end right before a page that is not there */
	for (i = 0; i < bytes; i++) {
		if (t->ops->read(t->ctx, kva + i, buf + i, 1) != OFL_READ_OK)
			return false;
		if (!buf[i])
			return i > 0;
		if (!isprint((unsigned char)buf[i]))
			return false;
	}
	buf[bytes - 1] = '\0';
	return true;
}

enum ofl_status ofl_readers_agree(const struct ofl_target *t,
				  struct ofl_err *err)
{
	struct ofl_reading reading = { .differ = false };

	if (t->ops->reading)
		t->ops->reading(t->ctx, &reading);
	if (!reading.differ)
		return OFL_OK;
	return ofl_fail(err, OFL_ERR_CONFLICT,
		"offline.so and crash read different bytes of the dump at %"
		PRIx64 ": do not use what this command said; from now on crash reads alone",
		reading.differ_kva);
}

const char *ofl_host_name(enum ofl_host what)
{
	static const char *const name[OFL_NR_HOST] = {
		[OFL_HOST_PAGE_SIZE] = "page_size",
		[OFL_HOST_SECTION_SIZE_BITS] = "section_size_bits",
		[OFL_HOST_MAX_PHYSMEM_BITS] = "max_physmem_bits",
		[OFL_HOST_SPARSEMEM_EXTREME] = "sparsemem_extreme",
		[OFL_HOST_VMEMMAP] = "vmemmap",
		[OFL_HOST_PAGEBLOCK_ORDER] = "pageblock_order",
	};

	return name[what];
}
