/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target.h - the seam: everything the core may ask of a kernel
 *
 * A target answers questions about one kernel: memory by kernel virtual
 * address, symbols, types, VMCOREINFO. src/crash/ answers from a crash
 * session (target.c, types.c), tests/lib/texttarget.c from a text file,
 * src/target/record.c from another target while writing such a file. Nothing else knows crash.
 *
 * Values come in the byte order of the machine we run on: crash opens dumps
 * of its own byte order only.
 */
#ifndef OFL_TARGET_H
#define OFL_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "target/status.h"

/** enum ofl_read - why a read gave nothing */
enum ofl_read {
	OFL_READ_OK = 0,
	OFL_READ_EXCLUDED,	/* the dump filter dropped the page */
	OFL_READ_UNREADABLE,	/* unmapped, truncated, I/O error, not in the dump */
};

/** enum ofl_host - what the host worked out by itself, as a second source */
enum ofl_host {
	OFL_HOST_PAGE_SIZE,		/* bytes */
	OFL_HOST_SECTION_SIZE_BITS,
	OFL_HOST_MAX_PHYSMEM_BITS,
	OFL_HOST_SPARSEMEM_EXTREME,	/* 1: mem_section is an array of roots */
	OFL_HOST_VMEMMAP,		/* 1: the memmap is virtually contiguous */
	OFL_HOST_PAGEBLOCK_ORDER,	/* of a PMD: a rule of the architecture */
	OFL_HOST_NO_MODULES,		/* 1: it can load no types of modules */
	OFL_NR_HOST
};

/** struct ofl_member - place of a struct member */
struct ofl_member {
	uint64_t offset_bytes;
	uint64_t size_bytes;
};

#define OFL_BUILD_ID_MAX	65	/* as hexadecimal text, with its NUL */

/** struct ofl_typed - a file that the host has types from */
struct ofl_typed {
	char name[64];			/* "vmlinux", or of a module */
	char build_id[OFL_BUILD_ID_MAX];	/* hexadecimal; "": it has none */
};

/** struct ofl_sharing - what a host says about reading in several processes */
struct ofl_sharing {
	const char *why_not;	/* words for the user; NULL: it can be done */
	bool decompresses;	/* reading takes much more than copying */
	unsigned int processors;
};

/** struct ofl_reading - which program reads the pages of a dump */
struct ofl_reading {
	/*
	 * Words for the user: why the host does. NULL: this extension does,
	 * and compares some of them with what the host reads.
	 */
	const char *why_host;
	bool differ;		/* in this command the two read different bytes */
	uint64_t differ_kva;	/* where, then */
	bool failed;		/* pages that did not decompress were left to the host */
	/* questions about types in this command that only the host's debugger answers */
	uint64_t asked;
};

/** struct ofl_process - a copy of this process, and a pipe from it */
struct ofl_process {
	int pid;		/* 0: none */
	int fd;			/* to read what it writes */
};

/*
 * The questions, by purpose. No call prints, allocates for the caller, or
 * leaves by longjmp. The bool ones return false, with the result untouched,
 * when the answer is not known. Each has a function below that asks it of a
 * target, also where a target may leave it out.
 */

/** struct ofl_memory_ops - memory and symbols */
struct ofl_memory_ops {
	/**
	 * read - copy @bytes at @kva into @buf
	 *
	 * Shape:  all or nothing: on failure the content of @buf is undefined.
	 *         A read of several pages that meets a hole fails; the caller
	 *         asks again in smaller pieces.
	 */
	enum ofl_read (*read)(void *ctx, uint64_t kva, void *buf, size_t bytes);
	/**
	 * read_pages - the first of @pages whole pages at @kva, as many as can
	 *              be had at once
	 *
	 * Shape:  @kva is that of a page. What it gives is what read() would
	 *         give; read() says why it does not give more. May be NULL.
	 */
	size_t (*read_pages)(void *ctx, uint64_t kva, void *buf, size_t pages);
	/** symbol - address of a symbol of the kernel proper, not of modules */
	bool (*symbol)(void *ctx, const char *name, uint64_t *kva_ret);
	/**
	 * symbol_at - name of the symbol that starts at @kva, of a module too
	 *
	 * Shape: may be NULL.
	 */
	bool (*symbol_at)(void *ctx, uint64_t kva, char *buf, size_t bytes);
	/**
	 * symbol_in - name of the symbol that @kva lies in, of a module too
	 *
	 * Shape: of the nearest symbol below; may be NULL.
	 */
	bool (*symbol_in)(void *ctx, uint64_t kva, char *buf, size_t bytes);
	/**
	 * physical - physical address that @pages pages from @kva on are at
	 *
	 * Shape:  false: one is not mapped, or they do not follow each other
	 *         there. May be NULL.
	 */
	bool (*physical)(void *ctx, uint64_t kva, uint64_t pages,
			 uint64_t *pa_ret);
	/** vmcoreinfo - text behind "@key=" in the VMCOREINFO note */
	bool (*vmcoreinfo)(void *ctx, const char *key, char *buf, size_t bytes);
	/**
	 * aside - from now on (or not any more) reads are only to find out what
	 * learned() will say; may be NULL
	 */
	void (*aside)(void *ctx, bool on);
};

/** struct ofl_type_ops - types of the kernel and its modules */
struct ofl_type_ops {
	/** struct_bytes - sizeof(struct @type) */
	bool (*struct_bytes)(void *ctx, const char *type, uint64_t *bytes_ret);
	/** member - offset and size; sees through anonymous members */
	bool (*member)(void *ctx, const char *type, const char *member,
		       struct ofl_member *ret);
	/** enumerator - value of an enumerator of any enum, also anonymous */
	bool (*enumerator)(void *ctx, const char *name, int64_t *ret);
	/**
	 * kernel_enumerator - the same, of the kernel proper only
	 *
	 * Shape:  may be NULL: enumerator() has to do. For hosts that can say
	 *         sooner that there is none when modules are out of question.
	 */
	bool (*kernel_enumerator)(void *ctx, const char *name, int64_t *ret);
	/** array_len - elements of a symbol that is an array; false if it is not */
	bool (*array_len)(void *ctx, const char *symbol, uint64_t *ret);
	/**
	 * kernel_btf - the BTF of the vmlinux that the other answers are from
	 *
	 * Shape:  NULL, like the op itself: there is none. Borrowed until the
	 *         command ends.
	 */
	struct btf *(*kernel_btf)(void *ctx);
	/**
	 * typed - file @nr, from 0, that the other answers are from: vmlinux, and
	 * those that the user has loaded for modules
	 *
	 * Shape:  NULL: which they are is not known.
	 * Errors: false: there are no more.
	 */
	bool (*typed)(void *ctx, unsigned int nr, struct ofl_typed *ret);
	/**
	 * learned - an answer that the core found by itself; may be NULL
	 * @member: in  NULL: @place has the size of struct @type
	 * @place:  in  NULL: @type is an enumerator, @value is its value
	 *
	 * Shape: a recording has the answers, not the megabytes they are from.
	 */
	void (*learned)(void *ctx, const char *type, const char *member,
			const struct ofl_member *place, int64_t value);
};

/** struct ofl_host_ops - the program that we run in; each may be NULL */
struct ofl_host_ops {
	/** number - the host's own idea of a number */
	bool (*number)(void *ctx, enum ofl_host what, uint64_t *ret);
	/**
	 * stamp - a number that is another one when the file was written to
	 *
	 * Shape:  NULL: it is never written to.
	 */
	uint64_t (*stamp)(void *ctx);
	/**
	 * types - a number that is another one when types or symbols of other
	 * modules are loaded than before
	 *
	 * Shape:  NULL: the host cannot tell.
	 */
	uint64_t (*types)(void *ctx);
	/** interrupted - has the user asked to stop? cheap; stays true */
	bool (*interrupted)(void *ctx);
	/** progress - @done of @total sections are done */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	/**
	 * columns - of the terminal that shows what is printed
	 *
	 * Shape:  0: a file or a pipe does, which has no width.
	 */
	unsigned int (*columns)(void *ctx);
	/** reading - which program reads */
	void (*reading)(void *ctx, struct ofl_reading *ret);
	/** host_reads - from now on it reads every page, or as it is best */
	void (*host_reads)(void *ctx, bool on);
	/**
	 * rereads - from now on (or not any more) what is read will soon be
	 * read again: keep of it what takes little room
	 */
	void (*rereads)(void *ctx, bool on);
	/* the three below are NULL together: there is one process only */
	/** sharing - can it be read by copies of this process, does it pay? */
	void (*sharing)(void *ctx, struct ofl_sharing *ret);
	/**
	 * start - run @work in a copy of this process, with a pipe to write to
	 *
	 * Shape:  the copy reads the same memory, independently, and ends with
	 *         @work. stop() must be called for it.
	 * Errors: false if there is no copy.
	 */
	bool (*start)(void *ctx, void (*work)(void *arg, int fd), void *arg,
		      struct ofl_process *ret);
	/** stop - end it if it still runs, and leave nothing of it */
	void (*stop)(void *ctx, struct ofl_process *process);
};

/** struct ofl_missed - reads that failed */
struct ofl_missed {
	uint64_t reads;
	uint64_t first_kva;	/* of the first of them, */
	const char *first_what;	/* and what it was for; NULL: not said */
	const char *what;	/* reads are for, now; static */
	bool aside;		/* reads do not count now: see ofl_aside() */
};

/** struct ofl_target - one kernel to look at */
struct ofl_target {
	const struct ofl_memory_ops *memory;
	const struct ofl_type_ops *types;
	const struct ofl_host_ops *host;	/* NULL: none of them */
	void *ctx;		/* handed to every op */
	struct ofl_missed *missed;	/* counts failed reads; NULL: not */
	char release[65];	/* uname -r of the kernel */
	char machine[17];	/* uname -m */
	char nodename[65];	/* uname -n; "": not known */
	char crash[32];		/* version of the program that we run in, likewise */
	int64_t date_s;		/* its clock, seconds of the epoch; 0: not known */
	bool live;		/* memory changes while we read */
};

/* ---- the questions of struct ofl_memory_ops, asked of a target ---- */

enum ofl_read ofl_read(const struct ofl_target *t, uint64_t kva, void *buf,
		       size_t bytes);
size_t ofl_read_pages(const struct ofl_target *t, uint64_t kva, void *buf,
		      size_t pages);
bool ofl_symbol(const struct ofl_target *t, const char *name, uint64_t *kva_ret);
bool ofl_symbol_at(const struct ofl_target *t, uint64_t kva, char *buf,
		   size_t bytes);
bool ofl_symbol_in(const struct ofl_target *t, uint64_t kva, char *buf,
		   size_t bytes);
bool ofl_physical(const struct ofl_target *t, uint64_t kva, uint64_t pages,
		  uint64_t *pa_ret);
void ofl_aside(const struct ofl_target *t, bool on);

/*
 * What is found once and kept remembers what could not be read for it, so that
 * a command that uses it later misses the same:
 *
 *	before = ofl_missed_begin(t);
 *	find(t, thing);
 *	ofl_missed_end(t, &before, &thing->missed);
 *	...
 *	ofl_missed_again(t, &thing->missed);
 */

/** ofl_missed_begin() - count from nothing; -> what was counted so far */
struct ofl_missed ofl_missed_begin(const struct ofl_target *t);

/** ofl_missed_end() - @part: out  since then; go on with all of it */
void ofl_missed_end(const struct ofl_target *t, const struct ofl_missed *before,
		    struct ofl_missed *part);

/**
 * ofl_missed_what() - say what the reads from now on are for
 * @what: in  static words for the user; NULL: nothing in particular
 *
 * Shape:  holds until it is said anew, or until the ofl_missed_end() of the
 *         part that it is said in.
 */
void ofl_missed_what(const struct ofl_target *t, const char *what);

/** ofl_miss() - what was read is not what the kernel had: count it as failed */
void ofl_miss(const struct ofl_target *t, uint64_t kva);

/** ofl_missed_again() - what is kept is used: count what it misses */
void ofl_missed_again(const struct ofl_target *t,
		      const struct ofl_missed *part);

/* ---- of struct ofl_type_ops ---- */

bool ofl_struct_bytes(const struct ofl_target *t, const char *type,
		      uint64_t *bytes_ret);
bool ofl_member(const struct ofl_target *t, const char *type,
		const char *member, struct ofl_member *ret);
bool ofl_enumerator(const struct ofl_target *t, const char *name, int64_t *ret);
bool ofl_kernel_enumerator(const struct ofl_target *t, const char *name,
			   int64_t *ret);
bool ofl_array_len(const struct ofl_target *t, const char *symbol,
		   uint64_t *ret);
struct btf *ofl_kernel_btf(const struct ofl_target *t);
bool ofl_typed(const struct ofl_target *t, unsigned int nr,
	       struct ofl_typed *ret);

/** ofl_is_typed() - has the user loaded a file of types for a module? */
bool ofl_is_typed(const struct ofl_target *t, const char *module);

void ofl_learned(const struct ofl_target *t, const char *type,
		 const char *member, const struct ofl_member *place,
		 int64_t value);

/* ---- of struct ofl_host_ops: 0, false or nothing without a host ---- */

bool ofl_host_number(const struct ofl_target *t, enum ofl_host what,
		     uint64_t *ret);
uint64_t ofl_stamp(const struct ofl_target *t);
uint64_t ofl_types_stamp(const struct ofl_target *t);
bool ofl_interrupted(const struct ofl_target *t);
void ofl_progress(const struct ofl_target *t, uint64_t done, uint64_t total);
unsigned int ofl_terminal_columns(const struct ofl_target *t);
void ofl_host_reads(const struct ofl_target *t, bool on);
void ofl_rereads(const struct ofl_target *t, bool on);
bool ofl_start(const struct ofl_target *t, void (*work)(void *arg, int fd),
	       void *arg, struct ofl_process *ret);
void ofl_stop(const struct ofl_target *t, struct ofl_process *process);

/** ofl_reading() - which program reads; @ret->why_host is "" if that is not known */
void ofl_reading(const struct ofl_target *t, struct ofl_reading *ret);

/** ofl_sharing() - can other processes read too? false: there are none */
bool ofl_sharing(const struct ofl_target *t, struct ofl_sharing *ret);

/** ofl_read_text() - why it gave nothing, behind the name of what was read */
const char *ofl_read_text(enum ofl_read why);

/* ---- typed reads ---- */

/**
 * ofl_read_u32() / ofl_read_u64() - read one word
 *
 * Errors: false if it could not be read; *@ret is untouched then.
 */
bool ofl_read_u32(const struct ofl_target *t, uint64_t kva, uint32_t *ret);
bool ofl_read_u64(const struct ofl_target *t, uint64_t kva, uint64_t *ret);

/**
 * ofl_read_uint() - read an unsigned integer of 1, 2, 4 or 8 bytes
 *
 * Errors: false, also for any other size; *@ret is untouched then.
 */
bool ofl_read_uint(const struct ofl_target *t, uint64_t kva, uint64_t bytes,
		   uint64_t *ret);

/**
 * ofl_read_member() - read an integer or a pointer that is a member
 * @struct_kva: in  where the struct is
 * @member:     in  place and size, as the target gave them
 *
 * Shape:  as wide as the member is, in either byte order. A signed member
 *         is not extended: cast it to its own width first.
 * Errors: as ofl_read_uint(); a size of 0 is one that the target did not know.
 */
bool ofl_read_member(const struct ofl_target *t, uint64_t struct_kva,
		     const struct ofl_member *member, uint64_t *ret);

/** ofl_all_zero() - is every byte 0? */
static inline bool ofl_all_zero(const void *buf, size_t bytes)
{
	const unsigned char *b = buf;

	return !bytes || (!b[0] && !memcmp(b, b + 1, bytes - 1));
}

/**
 * ofl_reads_zero() - can it be read, and is every byte 0?
 * @bytes: in  at most 256
 *
 * Shape:  for what is never all zeros in a kernel. Where a dump filter took a page
 *         out, some readers say zeros.
 */
bool ofl_reads_zero(const struct ofl_target *t, uint64_t kva, size_t bytes);

/**
 * ofl_read_str() - read a NUL-terminated string
 * @bytes: in  size of @buf, at most OFL_STR_MAX
 *
 * Shape:  cut to fit; only printable ASCII is accepted.
 * Errors: false if unreadable, empty or not text; @buf is "" then.
 */
#define OFL_STR_MAX 64
bool ofl_read_str(const struct ofl_target *t, uint64_t kva, char *buf,
		  size_t bytes);

/**
 * ofl_readers_agree() - have host and extension read the same in this command?
 *
 * Errors: OFL_ERR_CONFLICT: neither is to be believed, nor what is kept of
 *         what was read before.
 */
enum ofl_status ofl_readers_agree(const struct ofl_target *t,
				  struct ofl_err *err);

/** ofl_host_name() - the word for a host number: fixtures, facts, errors */
const char *ofl_host_name(enum ofl_host what);

#endif
