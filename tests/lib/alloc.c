// SPDX-License-Identifier: GPL-2.0-or-later
/* alloc.c - wrapped allocators that fail on request */
#include <json-c/json.h>
#include <libsmartcols.h>
#include <stdbool.h>
#include <stdlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#ifdef HAVE_LIBZSTD
#include <zstd.h>
#endif

#include "alloc.h"

static unsigned long count, fail_at;
static size_t largest;
static bool counting;

void alloc_fail_from_now(unsigned long nth)
{
	count = 0;
	fail_at = nth;
	largest = 0;
	counting = true;
}

unsigned long alloc_stop(void)
{
	counting = false;
	return count;
}

size_t alloc_largest(void)
{
	return largest;
}

static bool fails(void)
{
	return counting && ++count == fail_at;
}

static bool fails_of(size_t bytes)
{
	if (counting && bytes > largest)
		largest = bytes;
	return fails();
}

/* the linker makes these names; the compiler needs both declared */
#define WRAP_IF(fails, type, name, params, args, failure)	\
	type __real_##name params;			\
	type __wrap_##name params;			\
	type __wrap_##name params			\
	{						\
		return (fails) ? (failure) : __real_##name args; \
	}
#define WRAP(...) WRAP_IF(fails(), __VA_ARGS__)

WRAP_IF(fails_of(n), void *, malloc, (size_t n), (n), NULL)
WRAP_IF(fails_of(n * m), void *, calloc, (size_t n, size_t m), (n, m), NULL)
WRAP_IF(fails_of(n), void *, realloc, (void *p, size_t n), (p, n), NULL)
WRAP(struct libscols_table *, scols_new_table, (void), (), NULL)
WRAP(struct libscols_column *, scols_table_new_column,
     (struct libscols_table *tb, const char *name, double hint, int flags),
     (tb, name, hint, flags), NULL)
WRAP(struct libscols_line *, scols_table_new_line,
     (struct libscols_table *tb, struct libscols_line *parent), (tb, parent),
     NULL)
WRAP(int, scols_line_set_data,
     (struct libscols_line *ln, size_t n, const char *data), (ln, n, data), -12)
WRAP(struct json_object *, json_object_new_object, (void), (), NULL)
WRAP(struct json_object *, json_object_new_array, (void), (), NULL)
WRAP(struct json_object *, json_object_new_string, (const char *s), (s), NULL)
WRAP(struct json_object *, json_object_new_int64, (int64_t i), (i), NULL)
WRAP(struct json_object *, json_object_new_uint64, (uint64_t u), (u), NULL)

WRAP(int, json_object_object_add,
     (struct json_object *o, const char *key, struct json_object *v),
     (o, key, v), -1)

#ifdef HAVE_LIBDEFLATE
WRAP(struct libdeflate_decompressor *, libdeflate_alloc_decompressor, (void),
     (), NULL)
#endif
#ifdef HAVE_LIBZSTD
WRAP(ZSTD_DCtx *, ZSTD_createDCtx, (void), (), NULL)
#endif

/* gcc does not always bring sanitizer/allocator_interface.h */
size_t __sanitizer_get_current_allocated_bytes(void);

size_t alloc_in_use(void)
{
	return __sanitizer_get_current_allocated_bytes();
}
