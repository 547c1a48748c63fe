// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * file.c - the file that a page of the page cache belongs to
 *
 * page.mapping is an address_space, its host an inode, which points back to
 * it. A dentry of the inode points back to that, and its parents lead to the
 * root of the file system, which is its own parent.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holders/holder.h"
#include "holders/may.h"
#include "target/count.h"
#include "target/text.h"

#define MAX_PARTS	40	/* of a path */
#define MINOR_BITS	20	/* include/linux/kdev_t.h */
#define BUFFERS		1	/* in a key, which is aligned: their buffers are held */
#define NAME_CHARS	96	/* of one part that is shown */

static const enum ofl_fact_id needed[] = {
	OFL_F_MAPPING_HOST, OFL_F_INODE_SB, OFL_F_INODE_MAPPING,
	OFL_F_INODE_DATA, OFL_F_SB_ID, OFL_F_SB_TYPE, OFL_F_FS_NAME,
};

/* of the address_space; an inode of another device may use its pages, too */
static bool find_inode(struct ofl_walk *w, uint64_t mapping, uint64_t *inode)
{
	uint64_t back;

	if (!ofl_is_kernel_pointer(w, mapping))
		return ofl_walk_broke(w, mapping, "is no address of a mapping");
	if (!ofl_walk_pointer(w, mapping, OFL_F_MAPPING_HOST, inode) ||
	    !ofl_walk_pointer(w, *inode, OFL_F_INODE_MAPPING, &back))
		return false;
	if (back != mapping && ofl_walk_at(w, *inode, OFL_F_INODE_DATA) != mapping)
		return ofl_walk_broke(w, *inode, "does not point back to its mapping");
	return true;
}

static bool has_mapping(const struct ofl_walk *w, const struct ofl_held *p,
			uint64_t *ret)
{
	*ret = ofl_page_mapping(&w->format, p->raw);
	return ofl_kind_may(p->kind, OFL_MAY_FILE | OFL_MAY_CHANCE) && *ret &&
	       !(*ret & 7);
}

static bool file_find(struct ofl_holder_env *e, void *state,
		      const struct ofl_held *p, uint64_t *key)
{
	struct ofl_walk *w = &e->walk;
	bool known = ofl_walk_knows(w, needed, OFL_COUNT(needed));
	uint64_t inode;

	(void)state;
	if (!has_mapping(w, p, key))
		return false;
	/* that is of the page, and not of all pages of the disk */
	if (p->kind == OFL_KIND_LRU_BUFFERS)
		*key |= BUFFERS;
	if (ofl_kind_may(p->kind, OFL_MAY_FILE))
		return known || ofl_walk_untold(w, ofl_walk_no_types);
	if (known && find_inode(w, *key, &inode))
		return true;
	w->bad_what = NULL;
	return false;
}

/* ---- path ---- */

static bool first_dentry(struct ofl_walk *w, uint64_t inode, uint64_t *ret)
{
	uint64_t node, back;

	if (!ofl_fact_known(w->l, OFL_F_INODE_DENTRY) ||
	    !ofl_fact_known(w->l, OFL_F_DENTRY_ALIAS) ||
	    !ofl_read_u64(&w->t, ofl_walk_at(w, inode, OFL_F_INODE_DENTRY),
			  &node) || !node)
		return false;
	if (!ofl_is_kernel_pointer(w, node))
		return ofl_walk_broke(w, inode, "has a list of dentries that leads nowhere");
	*ret = node - (uint64_t)w->l->fact[OFL_F_DENTRY_ALIAS].value;
	if (!ofl_walk_pointer(w, *ret, OFL_F_DENTRY_INODE, &back))
		return false;
	return back == inode ||
	       ofl_walk_broke(w, *ret, "does not point back to its inode");
}

/* every dentry of a path is of the file system that the inode is of */
static bool is_of(struct ofl_walk *w, uint64_t dentry, uint64_t sb)
{
	uint64_t own;

	return ofl_walk_pointer(w, dentry, OFL_F_DENTRY_SB, &own) &&
	       (own == sb ||
		ofl_walk_broke(w, dentry, "is a dentry of another file system"));
}

/* the parts of a path, from the file up to the root, into @part from the end */
static bool climb(struct ofl_walk *w, uint64_t dentry, uint64_t sb,
		  char part[][NAME_CHARS], unsigned int *nr)
{
	uint64_t parent, name_kva;

	for (*nr = 0; *nr < MAX_PARTS; dentry = parent) {
		if (!is_of(w, dentry, sb) ||
		    !ofl_walk_pointer(w, dentry, OFL_F_DENTRY_PARENT, &parent))
			return false;
		if (parent == dentry && *nr)
			return true;
		if (!ofl_walk_pointer_any(w, dentry, OFL_F_DENTRY_NAME, &name_kva) ||
		    !ofl_walk_text(w, name_kva, part[*nr], NAME_CHARS))
			return false;
		(*nr)++;
		if (parent == dentry)	/* a file without a directory */
			return true;
	}
	return ofl_walk_broke(w, dentry, "has more parents than a path has");
}

/* false: it has none, or the walk broke off */
static bool path_of(struct ofl_walk *w, uint64_t inode, uint64_t sb, char *buf,
		    size_t bytes)
{
	static const enum ofl_fact_id of_dentry[] = {
		OFL_F_DENTRY_PARENT, OFL_F_DENTRY_NAME, OFL_F_DENTRY_INODE,
		OFL_F_DENTRY_SB,
	};

	char part[MAX_PARTS][NAME_CHARS];
	struct ofl_text text = ofl_text_over(buf, bytes);
	uint64_t dentry = 0, parent;
	unsigned int nr;

	if (!ofl_walk_knows(w, of_dentry, OFL_COUNT(of_dentry)) ||
	    !first_dentry(w, inode, &dentry) ||
	    !climb(w, dentry, sb, part, &nr) ||
	    !ofl_walk_pointer(w, dentry, OFL_F_DENTRY_PARENT, &parent))
		return false;
	if (parent == dentry) {
		ofl_text_add(&text, "%s", part[0]);
		return true;
	}
	while (nr--)
		ofl_text_add(&text, "/%s", part[nr]);
	return true;
}

/* of an inode without a path; false: a walk broke off, or it has no number */
static bool number_of(struct ofl_walk *w, uint64_t inode, char *buf,
		      size_t bytes)
{
	uint64_t nr;

	if (w->bad_what || !ofl_walk_number(w, inode, OFL_F_INODE_INO, 8, &nr))
		return false;
	snprintf(buf, bytes, "inode %" PRIu64, nr);
	return true;
}

/* ---- what kind of file system ---- */

/* "vda1" of a file system on a disk; false: no name, and no numbers of it */
static bool name_disk(struct ofl_walk *w, uint64_t inode, char *buf,
		      size_t bytes)
{
	uint64_t rdev, bdev, disk;
	struct ofl_text text = ofl_text_over(buf, bytes);
	char name[32];

	if (!ofl_walk_number(w, inode, OFL_F_INODE_RDEV, 4, &rdev))
		return false;
	bdev = inode - (uint64_t)ofl_fact_value(w->l, OFL_F_BDEV_INODE, 0) +
	       (uint64_t)ofl_fact_value(w->l, OFL_F_BDEV_BDEV, 0);
	if (ofl_fact_known(w->l, OFL_F_BDEV_INODE) &&
	    ofl_fact_known(w->l, OFL_F_BDEV_BDEV) &&
	    ofl_walk_pointer(w, bdev, OFL_F_BDEV_DISK, &disk) &&
	    ofl_fact_known(w->l, OFL_F_DISK_NAME) &&
	    ofl_walk_text(w, ofl_walk_at(w, disk, OFL_F_DISK_NAME), name,
			  sizeof(name)))
		ofl_text_add(&text, "%s ", name);
	ofl_text_add(&text, "(%" PRIu64 ":%" PRIu64 ")", rdev >> MINOR_BITS,
		     rdev & ((1u << MINOR_BITS) - 1));
	w->bad_what = NULL;		/* the numbers are name enough */
	return true;
}

/** struct fs - the state: the file system that the last file was of */
struct fs {
	uint64_t sb;			/* 0: there was none yet */
	char type[32], id[40];		/* id: "" if it is not known */
};

static bool find_fs(struct ofl_walk *w, uint64_t sb, struct fs *fs)
{
	uint64_t type, name_kva;

	if (fs->sb == sb)
		return true;
	fs->sb = 0;
	fs->id[0] = '\0';
	if (!ofl_walk_pointer(w, sb, OFL_F_SB_TYPE, &type) ||
	    !ofl_walk_pointer_any(w, type, OFL_F_FS_NAME, &name_kva) ||
	    !ofl_walk_text(w, name_kva, fs->type, sizeof(fs->type)))
		return false;
	/* its type alone says much */
	if (ofl_fact_known(w->l, OFL_F_SB_ID) &&
	    !ofl_walk_text(w, ofl_walk_at(w, sb, OFL_F_SB_ID), fs->id,
			   sizeof(fs->id)))
		w->bad_what = NULL;
	fs->sb = sb;
	return true;
}

static void add_detail(struct ofl_walk *w, uint64_t inode, const struct fs *fs,
		       struct ofl_holder *ret)
{
	struct ofl_text text = ofl_text_over(ret->detail, sizeof(ret->detail));
	uint64_t links = 1;

	ofl_text_add(&text, "%s", fs->type);
	if (fs->id[0] && strcmp(fs->id, fs->type))
		ofl_text_add(&text, " on %s", fs->id);
	if (ofl_fact_known(w->l, OFL_F_INODE_NLINK) &&
	    ofl_walk_number(w, inode, OFL_F_INODE_NLINK, 4, &links) && !links)
		ofl_text_add(&text, ", deleted or never linked");
}

static bool file_name(struct ofl_holder_env *e, void *state,
		      const struct ofl_held *p, uint64_t key,
		      struct ofl_holder *ret)
{
	struct ofl_walk *w = &e->walk;
	uint64_t inode, sb;
	struct fs *fs = state;
	bool disk;

	(void)p;
	if (!find_inode(w, key & ~(uint64_t)BUFFERS, &inode) ||
	    !ofl_walk_pointer(w, inode, OFL_F_INODE_SB, &sb) ||
	    !find_fs(w, sb, fs))
		return false;
	disk = !strcmp(fs->type, "bdev");
	if (disk ? !name_disk(w, inode, ret->name, sizeof(ret->name)) :
	    !path_of(w, inode, sb, ret->name, sizeof(ret->name)) &&
	    !number_of(w, inode, ret->name, sizeof(ret->name)))
		return false;
	if (disk)
		snprintf(ret->detail, sizeof(ret->detail), "%s%s", fs->type,
			 key & BUFFERS ? ", buffers held by a file system" : "");
	else
		add_detail(w, inode, fs, ret);
	return true;
}

static bool file_open(struct ofl_holder_env *e, void **state)
{
	(void)e;
	*state = calloc(1, sizeof(struct fs));
	return *state;
}

const struct ofl_holder_ops ofl_holder_file = {
	.kind = "file",
	.evidence = "page.mapping: address_space, inode, dentry",
	.what = "path within its file system, file system and device; memfd, secretmem and System V segments by the names that the kernel gives them; a disk for its own pages",
	.open = file_open, .close = free,
	.find = file_find, .name = file_name, .by_mapping = true,
};
