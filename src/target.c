// SPDX-License-Identifier: GPL-2.0-or-later
/* target.c - typed reads over the seam */
#include <ctype.h>
#include <string.h>

#include "target.h"

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
