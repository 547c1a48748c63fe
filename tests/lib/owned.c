// SPDX-License-Identifier: GPL-2.0-or-later
/* owned.c - drivers and their records in the made-up kernel */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "owned.h"
#include "kernel/page.h"
#include "kernel/section.h"
#include "layout/load.h"

static void facts(struct kernel *k)
{
	kernel_line(k, "member page.mapping %d 8", O_MAPPING);
	kernel_line(k, "member page.private %d 8", O_PRIVATE);
	kernel_line(k, "member page.lru %d 16", O_LRU);
	kernel_line(k, "enumerator PGTY_buddy 240");
	kernel_line(k, "enumerator ZONE_MOVABLE 2");
	kernel_line(k, "symbol modules %" PRIx64, O_MODULES);
	kernel_line(k, "mem %" PRIx64 " %" PRIx64 "*2", O_MODULES, O_MODULES);
	kernel_line(k, "struct module 256");
	kernel_line(k, "member module.list 8 16");
	kernel_line(k, "member module.name 24 56");
	kernel_line(k, "member module.kallsyms 80 8");
	kernel_line(k, "struct mod_kallsyms 32");
	kernel_line(k, "member mod_kallsyms.symtab 0 8");
	kernel_line(k, "member mod_kallsyms.num_symtab 8 4");
	kernel_line(k, "member mod_kallsyms.strtab 16 8");
	kernel_line(k, "struct balloon_dev_info 32");
	kernel_line(k, "member balloon_dev_info.isolated_pages 0 8");
	kernel_line(k, "member balloon_dev_info.pages 8 16");
	kernel_line(k, "member balloon_dev_info.migratepage 24 8");
	kernel_line(k, "struct resource 64");
	kernel_line(k, "member resource.start 0 8");
	kernel_line(k, "member resource.end 8 8");
	kernel_line(k, "member resource.name 16 8");
	kernel_line(k, "member resource.flags 24 8");
	kernel_line(k, "member resource.sibling 40 8");
	kernel_line(k, "member resource.child 48 8");
	kernel_line(k, "symbol iomem_resource %" PRIx64, O_IOMEM);
	kernel_line(k, "mem %" PRIx64 " 0*3 200 0*4", O_IOMEM);
	kernel_line(k, "struct mutex 32");
	kernel_line(k, "member mutex.owner 0 8");
}

void owned_open(struct kernel *k)
{
	kernel_init(k);
	kernel_open(k);
	kernel_small(k);
	facts(k);
}

uint64_t owned_lru(uint64_t pfn)
{
	return K_VMEMMAP + pfn * 64 + O_LRU;
}

void owned_page(struct kernel *k, uint64_t pfn, const struct owned_page *p)
{
	int node = pfn >= 2 * kernel_section_pages(k);

	kernel_line(k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %"
		    PRIx64 " 0 %" PRIx64 " %" PRIx64 " 0",
		    K_VMEMMAP + pfn * 64,
		    p->flags | kernel_zone_bits(node, node ? 2 : 1), p->next,
		    p->prev, p->mapping, p->private,
		    (uint64_t)(uint32_t)p->ref << 32 | p->type);
}

void owned_list(struct kernel *k, uint64_t head, const uint64_t *pfns,
		size_t nr, uint64_t private, uint64_t mapping)
{
	struct owned_page p = {
		.mapping = mapping, .private = private, .type = K_OFFLINE,
		.ref = 1,
	};
	size_t i;

	kernel_line(k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, head,
		    nr ? owned_lru(pfns[0]) : head,
		    nr ? owned_lru(pfns[nr - 1]) : head);
	for (i = 0; i < nr; i++) {
		p.next = i + 1 < nr ? owned_lru(pfns[i + 1]) : head;
		p.prev = i ? owned_lru(pfns[i - 1]) : head;
		owned_page(k, pfns[i], &p);
	}
}

/* the table of one module: struct module, kallsyms, symbols, strings */
static void module(struct kernel *k, uint64_t at, const struct owned_module *m)
{
	uint64_t symtab = at + 0x200, strtab = at + 0x4000, name = 1;
	size_t i;

	kernel_line(k, "text %" PRIx64 " %s", at + 24, m->name);
	kernel_line(k, "mem %" PRIx64 " %" PRIx64, at + 80, at + 0x100);
	kernel_line(k, "mem %" PRIx64 " %" PRIx64 " %zx %" PRIx64, at + 0x100,
		    symtab, m->nr + 1, strtab);
	kernel_line(k, "mem %" PRIx64 " 0*3", symtab);
	for (i = 0; i < m->nr; i++) {
		/* st_name, st_info, st_other, st_shndx 1 */
		kernel_line(k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64 " %x",
			    symtab + (i + 1) * sizeof(Elf64_Sym),
			    UINT64_C(1) << 48 | name, m->symbol[i].kva,
			    O_SYMBOL_BYTES);
		kernel_line(k, "text %" PRIx64 " %s", strtab + name,
			    m->symbol[i].name);
		name += strlen(m->symbol[i].name) + 1;
	}
	/* a name is compared up to the length of the wanted name */
	kernel_line(k, "mem %" PRIx64 " 0*8", strtab + name);
}

void owned_modules(struct kernel *k, const struct owned_module *m, size_t nr)
{
	uint64_t first = nr ? O_MODULE + 8 : O_MODULES, next;
	size_t i;

	kernel_line(k, "mem %" PRIx64 " %" PRIx64, O_MODULES, first);
	for (i = 0; i < nr; i++) {
		next = i + 1 < nr ? O_MODULE + (i + 1) * 0x10000 + 8 : O_MODULES;
		kernel_line(k, "mem %" PRIx64 " %" PRIx64,
			    O_MODULE + i * 0x10000 + 8, next);
		module(k, O_MODULE + i * 0x10000, &m[i]);
	}
}

static void must(enum ofl_status st, const struct ofl_err *err)
{
	if (!st)
		return;
	fprintf(stderr, "%s\n", err->text);
	abort();
}

void owned_load(struct kernel *k, struct owned *o)
{
	struct ofl_err err;

	memset(o, 0, sizeof(*o));
	kernel_load(k, &o->tt);
	must(ofl_layout_load(&o->tt.target, &o->l, &err), &err);
	must(ofl_layout_load_late(&o->tt.target, &o->l, &err), &err);
	must(ofl_section_find_vmemmap(&o->tt.target, &o->l, &err), &err);
	must(ofl_nodes_load(&o->tt.target, &o->l, &o->n, &err), &err);
	ofl_chain_load(&o->tt.target, &o->l, &o->chain);
	/* as ofl_analysis_load(): a kernel may have none */
	if (ofl_blocks_known(&o->l))
		must(ofl_blocks_load(&o->tt.target, &o->l, &o->blocks, &err), &err);
	o->env = (struct ofl_env){ &o->tt.target, &o->l, &o->n, &o->chain,
				   &o->blocks, &o->owners, NULL, NULL, NULL, &o->types };
	must(ofl_owners_probe(&o->env, &o->owners, &err), &err);
}

void owned_free(struct owned *o)
{
	ofl_owners_free(&o->owners);
	ofl_types_base_close(&o->types);
	ofl_blocks_free(&o->blocks);
	ofl_nodes_free(&o->n);
	texttarget_free(&o->tt);
}

#define MAX_ASKED 3000

static bool is_same(const struct ofl_claim *a, const struct ofl_claim *b)
{
	return a->owner == b->owner && a->rival == b->rival &&
	       a->blind == b->blind &&
	       (!a->owner || (a->device == b->device &&
			      a->evidence == b->evidence && a->mgo == b->mgo &&
			      a->unit_pfn == b->unit_pfn &&
			      a->unit_pages == b->unit_pages &&
			      a->unit_tail == b->unit_tail &&
			      a->stray == b->stray));
}

static void check_end(const struct owned *o, const struct ofl_owner_page *first,
		      const struct ofl_claim *c)
{
	uint64_t end = c->end_pfn - first->pfn < MAX_ASKED ?
		       c->end_pfn : first->pfn + MAX_ASKED;
	struct ofl_owner_page p = *first;
	struct ofl_claim other;

	if (c->end_pfn <= first->pfn)
		abort();
	for (p.pfn++; p.pfn < end; p.pfn++) {
		ofl_owners_claim(&o->owners, &p, &other);
		if (is_same(c, &other))
			continue;
		fprintf(stderr, "pages %#" PRIx64 " and %#" PRIx64
			" have different claims, which are said to be alike up to %#"
			PRIx64 "\n", first->pfn, p.pfn, c->end_pfn);
		abort();
	}
}

struct ofl_claim owned_claim(struct owned *o, uint64_t pfn)
{
	unsigned char raw[64];
	struct ofl_owner_page p = { .pfn = pfn };
	struct ofl_page_format f;
	struct ofl_claim c;
	uint64_t kva = K_VMEMMAP + pfn * 64;

	if (ofl_read(&o->tt.target, kva, raw, sizeof(raw)))
		abort();
	ofl_page_format_init(&f, &o->l, &o->n);
	p.private = ofl_page_private(&f, raw);
	p.movable_ops = ofl_page_has_movable_ops(&f, raw);
	ofl_owners_claim(&o->owners, &p, &c);
	check_end(o, &p, &c);
	return c;
}

static size_t find(const char *name)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++)
		if (!strcmp(ofl_owner_table[i]->name, name))
			return i;
	abort();
}

struct ofl_account owned_account(struct owned *o, const char *name,
				 unsigned int device)
{
	struct ofl_account a = { .known = false };
	size_t i = find(name);

	ofl_owner_table[i]->account(o->owners.state[i], device, &a);
	return a;
}

bool owned_complaint(const struct ofl_account *a, const char *code)
{
	unsigned int i;

	for (i = 0; i < a->nr_complaints; i++)
		if (!strcmp(a->complaint[i].row->code, code))
			return true;
	return false;
}

unsigned int owned_devices(struct owned *o, const char *name,
			   struct ofl_device *ret)
{
	size_t i = find(name);
	unsigned int nr = ofl_owner_devices(&o->owners, i);

	if (nr)
		ofl_owner_show(&o->owners, i, 0, ret);
	return nr;
}
