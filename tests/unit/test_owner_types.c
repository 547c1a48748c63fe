// SPDX-License-Identifier: GPL-2.0-or-later
/* test_owner_types.c - a driver's types from BTF in the dump, also damaged */
#include "unit.h"

#include <bpf/btf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "owned.h"
#include "target/record.h"
#include "layout/types.h"

#define BASE	UINT64_C(0xffffffff83000fe0)	/* __start_BTF; goes on in the next page */
#define HEAP	UINT64_C(0xffff888007000000)
#define MOD	(HEAP + 0x1000)			/* struct btf_module */
#define BTF	(HEAP + 0x2000)			/* struct btf */
#define DATA	(HEAP + 0x10000)

static struct kernel k;
static struct owned o;
static struct ofl_types ty;
static struct btf *base, *split;

static void facts(void)
{
	static const char *const line[] = {
		"struct btf_module 64", "member btf_module.list 0 16",
		"member btf_module.btf 24 8",
		"struct btf 200", "member btf.data 0 8",
		"member btf.data_size 8 4", "member btf.name 16 56",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(line); i++)
		kernel_line(&k, "%s", line[i]);
	kernel_line(&k, "symbol btf_modules %" PRIx64, K_SYMBOL + 0x15000);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, K_SYMBOL + 0x15000, MOD);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " 0 0 %" PRIx64, MOD,
		    K_SYMBOL + 0x15000, BTF);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, BTF, DATA);
	kernel_line(&k, "text %" PRIx64 " drv", BTF + 16);
}

static void blob(uint64_t at, const struct btf *btf, uint32_t *bytes)
{
	const unsigned char *p = btf__raw_data(btf, bytes);
	uint32_t i;

	fprintf(k.f, "mem %" PRIx64, at);
	for (i = 0; i < *bytes; i++)
		fprintf(k.f, " b%02x", p[i]);
	fputc('\n', k.f);
}

/* struct drv { u64 addr; bool flag:1; union { struct { u64 size; } sbm; }; } */
static void make_types(void)
{
	int u64, sbm, un;

	base = btf__new_empty();
	u64 = btf__add_int(base, "u64", 8, 0);
	split = btf__new_empty_split(base);
	sbm = btf__add_struct(split, NULL, 16);
	btf__add_field(split, "first", u64, 0, 0);
	btf__add_field(split, "size", u64, 64, 0);
	un = btf__add_union(split, NULL, 16);
	btf__add_field(split, "sbm", sbm, 0, 0);
	btf__add_struct(split, "drv", 40);
	btf__add_field(split, "addr", u64, 0, 0);
	btf__add_field(split, "flag", u64, 64, 1);
	btf__add_field(split, NULL, un, 128, 0);
	btf__add_enum(split, "state", 4);
	btf__add_enum_value(split, "DRV_IDLE", 0);
	btf__add_enum_value(split, "DRV_BUSY", 3);
}

static int set_up(void **state)
{
	uint32_t bytes;

	(void)state;
	owned_open(&k);
	facts();
	make_types();
	blob(BASE, base, &bytes);
	kernel_line(&k, "symbol __start_BTF %" PRIx64, BASE);
	kernel_line(&k, "symbol __stop_BTF %" PRIx64, BASE + bytes);
	blob(DATA, split, &bytes);
	kernel_line(&k, "mem %" PRIx64 " %x", BTF + 8, bytes);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	ofl_types_close(&ty);
	ofl_types_base_close(&o.types);
	btf__free(split);
	btf__free(base);
	owned_free(&o);
	return 0;
}

static void look(enum ofl_types_source source)
{
	owned_load(&k, &o);
	ofl_types_open(&o.tt.target, &o.l, "drv", "drv", &o.types, &ty);
	assert_int_equal(ty.source, source);
}

static void test_members(void **state)
{
	struct ofl_member m;
	int64_t v;

	(void)state;
	look(OFL_TYPES_BTF);
	assert_true(ofl_types_member(&ty, "drv", "addr", &m));
	assert_int_equal(m.offset_bytes, 0);
	assert_int_equal(m.size_bytes, 8);
	assert_true(ofl_types_member(&ty, "drv", "sbm.size", &m));
	assert_int_equal(m.offset_bytes, 24);
	assert_false(ofl_types_member(&ty, "drv", "flag", &m));
	assert_false(ofl_types_member(&ty, "drv", "sbm.siz", &m));
	assert_false(ofl_types_member(&ty, "nothing", "addr", &m));
	assert_true(ofl_types_enumerator(&ty, "DRV_BUSY", &v));
	assert_int_equal(v, 3);
	assert_false(ofl_types_enumerator(&ty, "DRV_GONE", &v));
}

static void test_truncated(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " b40 b00 b00 b00", BTF + 8);
	look(OFL_TYPES_NOWHERE);
}

static void test_part_is_missing(void **state)
{
	(void)state;
	kernel_line(&k, "excluded %" PRIx64 " 8", DATA + 0x40);
	look(OFL_TYPES_NOWHERE);
}

static void test_size_is_absurd(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " bff bff bff bff", BTF + 8);
	look(OFL_TYPES_NOWHERE);
}

static void test_no_magic(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " 0", DATA);
	look(OFL_TYPES_NOWHERE);
}

/* types of another kernel under those of the module */
static void test_wrong_base(void **state)
{
	struct btf *wrong = btf__new_empty();
	struct ofl_member m;
	uint32_t bytes;

	(void)state;
	btf__add_int(wrong, "u8", 1, 0);
	btf__add_int(wrong, "u16", 2, 0);
	btf__add_int(wrong, "u32", 4, 0);
	blob(BASE, wrong, &bytes);
	kernel_line(&k, "symbol __stop_BTF %" PRIx64, BASE + bytes);
	btf__free(wrong);
	owned_load(&k, &o);
	ofl_types_open(&o.tt.target, &o.l, "drv", "drv", &o.types, &ty);
	/* numbers of types have shifted: it is refused, or gives no nonsense */
	if (ty.source == OFL_TYPES_BTF)
		assert_false(ofl_types_member(&ty, "drv", "sbm.size", &m));
}

static void test_other_module(void **state)
{
	(void)state;
	owned_load(&k, &o);
	ofl_types_open(&o.tt.target, &o.l, "cmm", "drv", &o.types, &ty);
	assert_int_equal(ty.source, OFL_TYPES_NOWHERE);
}

static void test_list_of_modules_loops(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, MOD, MOD);
	owned_load(&k, &o);
	ofl_types_open(&o.tt.target, &o.l, "cmm", "drv", &o.types, &ty);
	assert_int_equal(ty.source, OFL_TYPES_NOWHERE);
}

/* drv as in its BTF; what BTF does not have says that it is from debuginfo */
static void load_debuginfo(void)
{
	kernel_line(&k, "struct drv 40");
	kernel_line(&k, "member drv.addr 0 8");
	kernel_line(&k, "member drv.more 32 8");
}

static void test_debuginfo_goes_first(void **state)
{
	struct ofl_member m;

	(void)state;
	load_debuginfo();
	look(OFL_TYPES_DEBUGINFO);
	assert_true(ofl_types_member(&ty, "drv", "more", &m));
	assert_int_equal(m.offset_bytes, 32);
}

static void test_debuginfo_alone(void **state)
{
	(void)state;
	kernel_line(&k, "struct drv 48");
	kernel_line(&k, "without symbol __start_BTF");
	look(OFL_TYPES_DEBUGINFO);
}

/* mod -s takes a module of any kernel: the dump's own types show which it is */
static void look_past(const char *line)
{
	struct ofl_member m;
	int64_t v;

	load_debuginfo();
	kernel_line(&k, "%s", line);
	kernel_line(&k, "enumerator DRV_BUSY 7");
	look(OFL_TYPES_NOT_FOREIGN);
	assert_true(ofl_types_member(&ty, "drv", "addr", &m));
	assert_int_equal(m.offset_bytes, 0);
	assert_false(ofl_types_member(&ty, "drv", "more", &m));
	assert_true(ofl_types_enumerator(&ty, "DRV_BUSY", &v));
	assert_int_equal(v, 3);
	assert_non_null(strstr(ofl_types_source_text(ty.source), "another kernel"));
}

static void test_module_of_other_size(void **state)
{
	(void)state;
	look_past("struct drv 48");
}

static void test_module_with_other_member(void **state)
{
	(void)state;
	look_past("member drv.addr 16 8");
}

static void test_module_without_member(void **state)
{
	(void)state;
	look_past("without member drv.addr");
}

static struct ofl_memory_ops plain;
static unsigned int of_base, odd;	/* reads; those of more than a page too */

static enum ofl_read count_base(void *ctx, uint64_t kva, void *buf, size_t bytes)
{
	of_base += kva >= BASE;
	odd += kva % 4096 + bytes > 4096;
	return plain.read(ctx, kva, buf, bytes);
}

/* modules share what they refer to, and no read crosses into another page */
static void test_base_is_read_once(void **state)
{
	struct ofl_memory_ops memory;
	struct ofl_types other;

	(void)state;
	owned_load(&k, &o);
	plain = memory = *o.tt.target.memory;
	memory.read = count_base;
	o.tt.target.memory = &memory;
	of_base = odd = 0;
	ofl_types_open(&o.tt.target, &o.l, "drv", "drv", &o.types, &ty);
	assert_int_equal(ty.source, OFL_TYPES_BTF);
	assert_int_equal(of_base, 2);
	ofl_types_open(&o.tt.target, &o.l, "drv", "drv", &o.types, &other);
	assert_int_equal(other.source, OFL_TYPES_BTF);
	assert_int_equal(of_base, 2);
	assert_int_equal(odd, 0);
	ofl_types_close(&other);
}

static struct btf *host_btf(void *ctx)
{
	(void)ctx;
	return base;
}

/* is the host's BTF taken for the dump's? the module's types are there anyhow */
static void look_beside_host(bool takes)
{
	struct ofl_type_ops types;

	owned_load(&k, &o);
	types = *o.tt.target.types;
	types.kernel_btf = host_btf;
	o.tt.target.types = &types;
	ofl_types_open(&o.tt.target, &o.l, "drv", "drv", &o.types, &ty);
	assert_int_equal(ty.source, OFL_TYPES_BTF);
	assert_true((o.types.btf == base) == takes);
	assert_true(!o.types.owned == takes);
}

/* the same bytes are not parsed twice */
static void test_base_of_the_host(void **state)
{
	(void)state;
	look_beside_host(true);
}

/* one byte is another one: a letter of the only name */
static void test_host_has_other_types(void **state)
{
	uint32_t bytes;

	(void)state;
	btf__raw_data(base, &bytes);
	kernel_line(&k, "mem %" PRIx64 " b78", (uint64_t)BASE + bytes - 2);
	look_beside_host(false);
}

/* a recording has the answers, not the blobs; a replay gives the same */
static void test_recording(void **state)
{
	char path[64];
	struct ofl_recorder *rec;
	struct texttarget replay;
	struct ofl_member m;
	struct ofl_err err;
	struct ofl_types again;
	char *text;
	int64_t v;

	(void)state;
	owned_load(&k, &o);
	snprintf(path, sizeof(path), "types-%d.recording", (int)getpid());
	assert_int_equal(ofl_record_open(&o.tt.target, path, &rec, &err), OFL_OK);
	ofl_types_open(ofl_record_target(rec), &o.l, "drv", "drv", &o.types, &ty);
	assert_true(ofl_types_member(&ty, "drv", "sbm.size", &m));
	assert_true(ofl_types_enumerator(&ty, "DRV_BUSY", &v));
	assert_int_equal(ofl_record_close(rec, &err), OFL_OK);
	text = unit_slurp(path);
	assert_non_null(text);
	assert_non_null(strstr(text, "struct drv 40\n"));
	assert_non_null(strstr(text, "member drv.sbm.size 24 8\n"));
	assert_non_null(strstr(text, "enumerator DRV_BUSY 3\n"));
	assert_null(strstr(text, "mem "));
	free(text);
	assert_int_equal(texttarget_load(&replay, path, &err), OFL_OK);
	ofl_types_open(&replay.target, &o.l, "drv", "drv", &o.types,
		       &again);
	assert_true(ofl_types_member(&again, "drv", "sbm.size", &m));
	assert_int_equal(m.offset_bytes, 24);
	texttarget_free(&replay);
	remove(path);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_members),
		CASE(test_truncated),
		CASE(test_part_is_missing),
		CASE(test_size_is_absurd),
		CASE(test_no_magic),
		CASE(test_wrong_base),
		CASE(test_other_module),
		CASE(test_list_of_modules_loops),
		CASE(test_debuginfo_goes_first),
		CASE(test_debuginfo_alone),
		CASE(test_module_of_other_size),
		CASE(test_module_with_other_member),
		CASE(test_module_without_member),
		CASE(test_base_is_read_once),
		CASE(test_base_of_the_host),
		CASE(test_host_has_other_types),
		CASE(test_recording),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
