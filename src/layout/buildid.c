// SPDX-License-Identifier: GPL-2.0-or-later
/* buildid.c - which build is a file, or what lies in memory, of? */
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "layout/buildid.h"

#define MAX_NOTES	65536u	/* bytes of a section */
#define ELF_DATA	(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? \
			 ELFDATA2LSB : ELFDATA2MSB)

/* names and what they describe begin at multiples of 4 */
static uint64_t padded(uint32_t bytes)
{
	return ((uint64_t)bytes + 3) & ~UINT64_C(3);
}

static bool put_hex(const unsigned char *id, size_t bytes, char *hex)
{
	size_t i;

	if (!bytes || bytes > (OFL_BUILD_ID_MAX - 1) / 2)
		return false;
	for (i = 0; i < bytes; i++)
		snprintf(hex + 2 * i, 3, "%02x", id[i]);
	return true;
}

bool ofl_build_id_of_notes(const void *notes, size_t bytes, char *hex)
{
	const unsigned char *at = notes, *end = at + bytes, *name;
	Elf64_Nhdr head;

	hex[0] = '\0';
	while ((size_t)(end - at) >= sizeof(head)) {
		memcpy(&head, at, sizeof(head));
		name = at + sizeof(head);
		if (padded(head.n_namesz) + padded(head.n_descsz) >
		    (uint64_t)(end - name))
			return false;
		at = name + padded(head.n_namesz);
		if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 &&
		    !memcmp(name, "GNU", 4))
			return put_hex(at, head.n_descsz, hex);
		at += padded(head.n_descsz);
	}
	return false;
}

static bool read_at(int fd, uint64_t offset, void *buf, size_t bytes)
{
	return offset <= INT64_MAX &&
	       pread(fd, buf, bytes, (off_t)offset) == (ssize_t)bytes;
}

/* the sections of a file; free() them. NULL: none that we can read */
static Elf64_Shdr *read_sections(int fd, uint16_t *nr)
{
	Elf64_Shdr *section;
	Elf64_Ehdr head;

	if (!read_at(fd, 0, &head, sizeof(head)) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) ||
	    head.e_ident[EI_CLASS] != ELFCLASS64 ||
	    head.e_ident[EI_DATA] != ELF_DATA ||
	    head.e_shentsize != sizeof(*section) || !head.e_shnum)
		return NULL;
	*nr = head.e_shnum;
	section = malloc(*nr * sizeof(*section));
	if (section && read_at(fd, head.e_shoff, section,
			       *nr * sizeof(*section)))
		return section;
	free(section);
	return NULL;
}

static bool in_section(int fd, const Elf64_Shdr *s, char *hex)
{
	bool found = false;
	void *notes;

	if (s->sh_type != SHT_NOTE || !s->sh_size || s->sh_size > MAX_NOTES)
		return false;
	notes = malloc(s->sh_size);
	if (notes && read_at(fd, s->sh_offset, notes, s->sh_size))
		found = ofl_build_id_of_notes(notes, s->sh_size, hex);
	free(notes);
	return found;
}

bool ofl_build_id_of_file(const char *path, char *hex)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf64_Shdr *section;
	bool found = false;
	uint16_t nr = 0, i;

	hex[0] = '\0';
	if (fd < 0)
		return false;
	section = read_sections(fd, &nr);
	for (i = 0; section && i < nr && !found; i++)
		found = in_section(fd, &section[i], hex);
	free(section);
	close(fd);
	return found;
}
