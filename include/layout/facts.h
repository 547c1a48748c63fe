/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts.h - the table of everything assumed about a kernel
 *
 * Depends on nothing. Every assumption is a row (src/layout/facts.c): a name,
 * the witnesses that can prove it, and the commit that made it so. All
 * witnesses that this dump has are asked; if two disagree, nothing is
 * believed. No kernel version is ever compared.
 */
#ifndef OFL_FACTS_H
#define OFL_FACTS_H

#include <stdbool.h>
#include <stdint.h>

/** enum ofl_fact_id - one row of the table each; rows in src/layout/facts.c */
enum ofl_fact_id {
	/* geometry */
	OFL_F_PAGE_SIZE,
	OFL_F_SECTION_SIZE_BITS,
	OFL_F_MAX_PHYSMEM_BITS,
	OFL_F_VMEMMAP,
	OFL_F_SPARSEMEM_EXTREME,
	/* struct page */
	OFL_F_PAGE_BYTES,
	OFL_F_PAGE_FLAGS,
	OFL_F_PAGE_REFCOUNT,
	OFL_F_PAGE_TYPE,
	OFL_F_PAGE_COMPOUND,
	/* struct mem_section and its bits */
	OFL_F_MEM_SECTION,
	OFL_F_MEM_SECTION_BYTES,
	OFL_F_SECTION_MEM_MAP,
	OFL_F_SECTION_USAGE,
	OFL_F_SUBSECTION_MAP,
	OFL_F_SUBSECTION_MAP_BYTES,
	OFL_F_SECTION_PRESENT_BIT,
	OFL_F_SECTION_MEM_MAP_BIT,
	OFL_F_SECTION_ONLINE_BIT,
	OFL_F_SECTION_EARLY_BIT,
	OFL_F_SECTION_DEVICE_BIT,
	OFL_F_SECTION_FLAG_BITS,
	/* nodes and zones */
	OFL_F_NODE_DATA,
	OFL_F_MAX_NUMNODES,
	OFL_F_CONTIG_PAGE_DATA,
	OFL_F_PGDAT_ZONES,
	OFL_F_ZONE_BYTES,
	OFL_F_ZONE_NAME,
	OFL_F_ZONE_START_PFN,
	OFL_F_ZONE_SPANNED,
	OFL_F_MAX_NR_ZONES,
	OFL_F_ZONE_DEVICE,
	/* memory blocks */
	OFL_F_SECTIONS_PER_BLOCK,
	OFL_F_MEMORY_BLOCKS,
	OFL_F_XA_HEAD,
	OFL_F_XA_SLOTS,
	OFL_F_XA_SLOTS_BYTES,
	OFL_F_BLOCK_START_SECTION,
	OFL_F_BLOCK_STATE,
	OFL_F_BLOCK_STATE_BYTES,
	OFL_F_MEM_ONLINE,
	OFL_F_MEM_GOING_OFFLINE,
	OFL_F_MEM_OFFLINE,
	/* page flags and page types */
	OFL_F_PAGEFLAG_NAMES,
	OFL_F_PGTY_OFFLINE,
	OFL_F_PG_OFFLINE,
	OFL_F_PAGE_TYPE_BASE,
	OFL_F_PAGE_TYPE_NAMES,
	OFL_F_PG_SKIPPABLE,
	OFL_F_OFFLINE_NUMBER,
	OFL_F_BUDDY_NUMBER,
	/* sizes of free blocks and compound pages: what need not be read */
	OFL_F_PGTY_BUDDY,
	OFL_F_NR_ORDERS,
	OFL_F_PAGE_PRIVATE,
	OFL_F_COMPOUND_ORDER,
	OFL_F_FOLIO_ORDER,
	/* what owners want to know of a page */
	OFL_F_PAGE_MAPPING,
	OFL_F_PG_MOVABLE_OPS,
	/* what judging wants to know of a page */
	OFL_F_PAGE_LRU,
	OFL_F_PG_ISOLATED,
	OFL_F_COMPOUND_DTOR,
	OFL_F_FOLIO_DTOR,
	OFL_F_FOLIO_PINCOUNT,
	/* what explains the references of LRU pages */
	OFL_F_LARGE_MAPCOUNT,
	OFL_F_ENTIRE_MAPCOUNT,
	OFL_F_COMPOUND_MAPCOUNT,
	OFL_F_PAGES_MAPPED,
	OFL_F_PG_SWAPCACHE,
	OFL_F_PG_DOUBLE_MAP,
	OFL_F_LRU_BATCHES,
	OFL_F_BATCH_ADD,
	OFL_F_BATCH_DEACTIVATE_FILE,
	OFL_F_BATCH_DEACTIVATE,
	OFL_F_BATCH_LAZYFREE,
	OFL_F_BATCH_ACTIVATE,
	OFL_F_BATCH_MOVE_TAIL,
	OFL_F_LRU_ROTATE,
	OFL_F_ROTATE_AT,
	OFL_F_MLOCK_BATCH,
	OFL_F_MLOCK_AT,
	OFL_F_BATCH_NR,
	OFL_F_BATCH_PAGES,
	OFL_F_BATCH_BYTES,
	OFL_F_LRU_DISABLE,
	OFL_F_ISOLATE_FOLIO,
	/* mappings whose pages never migrate, or have a reference more */
	OFL_F_MAPPING_OPS,
	OFL_F_MAPPING_FLAGS,
	OFL_F_AS_UNMOVABLE,
	OFL_F_AS_INACCESSIBLE,
	OFL_F_SECRETMEM_OPS,
	OFL_F_AIO_OPS,
	/* buffers of a disk */
	OFL_F_DISK_OPS,
	OFL_F_BH_COUNT,
	OFL_F_BH_NEXT,
	OFL_F_BH_LRUS,
	OFL_F_BH_LRUS_BYTES,
	OFL_F_HUGETLB_DTOR,
	OFL_F_HUGETLB_FLAG,
	OFL_F_HPG_MIGRATABLE,
	OFL_F_HPG_OPTIMIZED,
	OFL_F_PAGE_HUGE_ACTIVE,
	OFL_F_SPLIT_FREE_PAGE,
	OFL_F_REPLACES_HUGE,
	OFL_F_VMEMMAP_TAILS,
	/* other page types */
	OFL_F_PGTY_HUGETLB,
	OFL_F_HUGETLB_NUMBER,
	OFL_F_PGTY_SLAB,
	OFL_F_SLAB_NUMBER,
	OFL_F_PGTY_TABLE,
	OFL_F_PGTY_GUARD,
	OFL_F_PGTY_ZSMALLOC,
	OFL_F_PGTY_UNACCEPTED,
	OFL_F_PGTY_LARGE_KMALLOC,
	/* pageblocks */
	OFL_F_PAGEBLOCK_FLAGS,
	OFL_F_SECTION_PAGEBLOCKS,
	OFL_F_NR_PAGEBLOCK_BITS,
	OFL_F_PB_ISOLATE,
	OFL_F_MIGRATE_CMA,
	OFL_F_MIGRATE_ISOLATE,
	OFL_F_PAGEBLOCK_ORDER,
	/* offlining */
	OFL_F_OFFLINE_PAGES,
	OFL_F_OFFLINE_AND_REMOVE,
	OFL_F_SECTION_REMOVABLE,
	OFL_F_ISOLATE_CHAIN,
	OFL_F_ZONE_MOVABLE,
	OFL_F_BLOCK_ZONE,
	OFL_F_PAGES_IN_A_ZONE,
	OFL_F_BLOCK_NID,
	OFL_F_BLOCK_HWPOISON,
	OFL_F_ONLINE_TYPE,
	OFL_F_MMOP_OFFLINE,
	OFL_F_MMOP_ONLINE,
	OFL_F_MMOP_ONLINE_KERNEL,
	OFL_F_MMOP_ONLINE_MOVABLE,
	OFL_F_BLOCK_GROUP,
	OFL_F_BLOCK_DEV,
	OFL_F_BLOCK_VMEMMAP_PAGES,
	OFL_F_BLOCK_ALTMAP,
	OFL_F_ALTMAP_FREE,
	OFL_F_MEMORY_CHAIN,
	OFL_F_NODE_CHAIN,
	OFL_F_SLAB_ALLOCATOR,
	OFL_F_CRASHK_RES,
	OFL_F_CHAIN_HEAD,
	OFL_F_NB_CALL,
	OFL_F_NB_NEXT,
	OFL_F_IOMEM,
	OFL_F_RES_START,
	OFL_F_RES_END,
	OFL_F_RES_NAME,
	OFL_F_RES_FLAGS,
	OFL_F_RES_SIBLING,
	OFL_F_RES_CHILD,
	OFL_F_HSTATES,
	OFL_F_HSTATE_BYTES,
	OFL_F_HSTATE_ORDER,
	OFL_F_HSTATE_FREE,
	OFL_F_HSTATE_RESV,
	OFL_F_HSTATE_NODES,
	OFL_F_NR_HSTATES,
	OFL_F_ZONE_STAT,
	OFL_F_ZONE_WATERMARK,
	OFL_F_ZONE_RESERVE,
	OFL_F_ZONE_PRESENT,
	OFL_F_ZONE_UNACCEPTED,
	OFL_F_NR_FREE_PAGES,
	OFL_F_NR_INACTIVE_FILE,
	OFL_F_NR_ACTIVE_FILE,
	OFL_F_NR_SWAP_PAGES,
	/* types of modules, in the dump itself */
	OFL_F_VMLINUX_BTF,
	OFL_F_VMLINUX_BTF_END,
	OFL_F_BTF_MODULES,
	OFL_F_BTF_MODULE_LIST,
	OFL_F_BTF_MODULE_BTF,
	OFL_F_BTF_DATA,
	OFL_F_BTF_DATA_SIZE,
	OFL_F_BTF_NAME,
	OFL_F_MODULE_NAME,
	/* loaded modules and their symbols, in the dump itself */
	OFL_F_MODULES,
	OFL_F_MODULE_LIST,
	OFL_F_MODULE_KALLSYMS,
	OFL_F_KALLSYMS_SYMTAB,
	OFL_F_KALLSYMS_NUM,
	OFL_F_KALLSYMS_STRTAB,
	/* the balloon core */
	OFL_F_BALLOON_ISOLATED,
	OFL_F_BALLOON_PAGES,
	OFL_F_BALLOON_MIGRATE,
	/* devices on the virtio bus */
	OFL_F_BUS_KSET,
	OFL_F_KSET_LIST,
	OFL_F_KSET_KOBJ,
	OFL_F_KOBJ_NAME,
	OFL_F_KOBJ_ENTRY,
	OFL_F_SUBSYS_DEVICES,
	OFL_F_KLIST_LIST,
	OFL_F_KLIST_NODE,
	OFL_F_DEVPRIV_BUS_NODE,
	OFL_F_DEVPRIV_DEVICE,
	OFL_F_DEVICE_KOBJ,
	OFL_F_VIRTIO_DEV,
	OFL_F_VIRTIO_ID,
	OFL_F_VIRTIO_PRIV,
	/* locks and counters of the kernel */
	OFL_F_MUTEX_OWNER,
	OFL_F_NR_CPU_IDS,
	OFL_F_PER_CPU_OFFSET,
	OFL_F_VM_EVENT_STATES,
	OFL_F_BALLOON_INFLATE,
	OFL_F_BALLOON_DEFLATE,
	OFL_F_VM_NODE_STAT,
	OFL_F_NR_BALLOON_PAGES,
	OFL_F_PGDAT_NODESTATS,
	OFL_F_NODESTAT_DIFF,
	/* devices that memory blocks belong to */
	OFL_F_MEMORY_GROUPS,
	OFL_F_GROUP_DYNAMIC,
	OFL_F_GROUP_PAGES,
	OFL_F_ACPI_DEVICE_DEV,
	OFL_F_ACPI_DEVICE_DATA,
	OFL_F_ACPI_MEM_DEVICE,
	OFL_F_ACPI_MEM_RANGES,
	OFL_F_ACPI_RANGE_LIST,
	OFL_F_ACPI_RANGE_START,
	OFL_F_ACPI_RANGE_BYTES,
	OFL_F_DRMEM_INFO,
	OFL_F_DRMEM_LMBS,
	OFL_F_DRMEM_NR,
	OFL_F_DRMEM_BYTES,
	OFL_F_DRMEM_BYTES_SIZE,
	OFL_F_LMB_SIZE,
	OFL_F_LMB_BASE,
	OFL_F_LMB_DRC,
	OFL_F_LMB_FLAGS,

	/* from here on: asked only by commands that name holders of pages */
	OFL_F_FIRST_HOLDER,
	/* slab pages */
	OFL_F_SLAB_CACHE = OFL_F_FIRST_HOLDER,
	OFL_F_SLAB_COUNTERS,
	OFL_F_CACHE_NAME,
	OFL_F_CACHE_OBJECT_BYTES,
	OFL_F_CACHE_OBJECT_SIZE,
	OFL_F_SLAB_CACHES,
	OFL_F_CACHE_LIST,
	/* pages of files */
	OFL_F_PAGE_INDEX,
	OFL_F_MAPPING_HOST,
	OFL_F_INODE_SB,
	OFL_F_INODE_MAPPING,
	OFL_F_INODE_DATA,
	OFL_F_INODE_DENTRY,
	OFL_F_INODE_NLINK,
	OFL_F_INODE_INO,
	OFL_F_INODE_RDEV,
	OFL_F_SB_ID,
	OFL_F_SB_TYPE,
	OFL_F_FS_NAME,
	OFL_F_DENTRY_PARENT,
	OFL_F_DENTRY_NAME,
	OFL_F_DENTRY_INODE,
	OFL_F_DENTRY_ALIAS,
	OFL_F_BDEV_INODE,
	OFL_F_BDEV_BDEV,
	OFL_F_BDEV_DISK,
	OFL_F_DISK_NAME,
	/* anonymous pages and processes */
	OFL_F_AV_ROOT,
	OFL_F_RB_CACHED,
	OFL_F_RB_LEFT,
	OFL_F_RB_RIGHT,
	OFL_F_RB_PARENT,
	OFL_F_AVC_RB,
	OFL_F_AVC_VMA,
	OFL_F_AVC_AV,
	OFL_F_VMA_MM,
	OFL_F_INIT_TASK,
	OFL_F_TASK_TASKS,
	OFL_F_TASK_PID,
	OFL_F_TASK_COMM,
	OFL_F_TASK_MM,
	OFL_F_TASK_SIGNAL,
	OFL_F_TASK_NODE,
	OFL_F_TASK_STACK_VM,
	OFL_F_SIGNAL_THREADS,
	OFL_F_MM_PGD,
	/* memory of the kernel */
	OFL_F_PAGE_PT_MM,
	OFL_F_PAGE_MEMCG_DATA,
	OFL_F_OBJCG_MEMCG,
	OFL_F_MEMCG_CSS,
	OFL_F_CSS_CGROUP,
	OFL_F_CGROUP_KN,
	OFL_F_KN_NAME,
	OFL_F_KN_PARENT,
	OFL_F_VMAP_AREA_LIST,
	OFL_F_VMAP_NODES,
	OFL_F_NR_VMAP_NODES,
	OFL_F_VMAP_NODE_BYTES,
	OFL_F_VMAP_NODE_BUSY,
	OFL_F_VA_LIST,
	OFL_F_VA_START,
	OFL_F_VA_END,
	OFL_F_VA_VM,
	OFL_F_VM_ADDR,
	OFL_F_VM_PAGES,
	OFL_F_VM_NR_PAGES,
	OFL_F_VM_CALLER,
	OFL_F_PCPU_LISTS,
	OFL_F_PCPU_NR_SLOTS,
	OFL_F_CHUNK_LIST,
	OFL_F_CHUNK_BASE,
	OFL_F_SWIOTLB,
	OFL_F_SWIOTLB_END,
	OFL_F_SWIOTLB_END_KVA,
	OFL_F_PAGE_PP_MAGIC,
	OFL_F_PAGE_PP,
	OFL_F_PP_DEV,
	OFL_NR_FACTS
};

/** enum ofl_witness_kind - how a witness is asked */
enum ofl_witness_kind {
	OFL_W_NONE,
	OFL_W_STRUCT,		/* sizeof(struct a) */
	OFL_W_OFFSET,		/* offsetof(struct a, b) */
	OFL_W_BYTES,		/* sizeof(((struct a *)0)->b) */
	OFL_W_ENUM,		/* enumerator a */
	OFL_W_NUMBER,		/* decimal number at VMCOREINFO key a */
	OFL_W_HOST,		/* the host's number n */
	OFL_W_SYMBOL,		/* address of symbol a */
	OFL_W_INT,		/* int variable a, read from memory */
	OFL_W_ARRAY,		/* elements of array a */
	OFL_W_SINCE_EVER,	/* n, if nothing else answered: never differed */
};

/** struct ofl_witness - one source of a fact */
struct ofl_witness {
	enum ofl_witness_kind kind;
	const char *a, *b;
	int64_t n;
};

/** enum ofl_fact_user - what cannot do without a fact */
enum ofl_fact_user {
	OFL_BY_NOTHING,		/* where it is used, it may be missing */
	OFL_BY_JUDGE,		/* commands that judge pages */
	OFL_BY_SCAN,		/* every command */
};

/** struct ofl_fact_row - an assumption, its witnesses, its history, its worth */
struct ofl_fact_row {
	const char *name;	/* stable: key of facts{} in JSON */
	bool early;		/* every command asks for it, not only judging */
	enum ofl_fact_user needed_by;
	bool hex;		/* printed in hexadecimal */
	struct ofl_witness witness[4];	/* in order of preference */
	const char *history;	/* since when, and the commit; docs/kernels.md */
	const char *without;	/* what it costs; NULL: see needed_by */
};

extern const struct ofl_fact_row ofl_fact_rows[OFL_NR_FACTS];

#endif
