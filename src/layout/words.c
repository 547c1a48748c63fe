// SPDX-License-Identifier: GPL-2.0-or-later
/* words.c - look for names in files with debuginfo, before gdb does */
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "layout/words.h"

#define MAX_BYTES	(64u << 20)
#define MAX_NAME	256
#define ELF_DATA	(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? \
			 ELFDATA2LSB : ELFDATA2MSB)

/* make room for a file behind the others, and read it; its bytes, 0: no */
static size_t read_file(struct ofl_words *w, int fd)
{
	unsigned char *more;
	struct stat st;
	size_t bytes, done;
	ssize_t got;

	if (fstat(fd, &st) || st.st_size <= 0 ||
	    (uint64_t)st.st_size > MAX_BYTES - w->bytes)
		return 0;
	bytes = (size_t)st.st_size;
	more = realloc(w->at, w->bytes + bytes);
	if (!more)
		return 0;
	w->at = more;
	for (done = 0; done < bytes; done += (size_t)got) {
		got = read(fd, more + w->bytes + done, bytes - done);
		if (got <= 0)
			return 0;
	}
	return bytes;
}

/* the sections of a file, copied; free() them. NULL: none that we can read */
static Elf64_Shdr *read_sections(const unsigned char *file, size_t bytes,
				 Elf64_Ehdr *head)
{
	Elf64_Shdr *section;
	size_t all;

	if (bytes < sizeof(*head))
		return NULL;
	memcpy(head, file, sizeof(*head));
	all = (size_t)head->e_shnum * sizeof(*section);
	if (memcmp(head->e_ident, ELFMAG, SELFMAG) ||
	    head->e_ident[EI_CLASS] != ELFCLASS64 ||
	    head->e_ident[EI_DATA] != ELF_DATA ||
	    head->e_shentsize != sizeof(*section) || !head->e_shnum ||
	    head->e_shstrndx >= head->e_shnum || head->e_shoff > bytes ||
	    all > bytes - head->e_shoff)
		return NULL;
	section = malloc(all);
	if (section)
		memcpy(section, file + head->e_shoff, all);
	return section;
}

/* the name of a section; "": it has none inside of the file */
static const char *name_of(const unsigned char *file, size_t bytes,
			   const Elf64_Shdr *names, const Elf64_Shdr *s)
{
	if (names->sh_offset > bytes ||
	    names->sh_size > bytes - names->sh_offset ||
	    s->sh_name >= names->sh_size ||
	    !memchr(file + names->sh_offset + s->sh_name, 0,
		    names->sh_size - s->sh_name))
		return "";
	return (const char *)file + names->sh_offset + s->sh_name;
}

/* is there debuginfo, and is all of it plain text? */
static bool is_plain(const unsigned char *file, size_t bytes)
{
	bool has_info = false, elsewhere = false;
	Elf64_Shdr *section;
	Elf64_Ehdr head;
	uint16_t i;

	section = read_sections(file, bytes, &head);
	for (i = 0; section && i < head.e_shnum; i++) {
		const char *name = name_of(file, bytes,
					   &section[head.e_shstrndx],
					   &section[i]);

		has_info |= !strcmp(name, ".debug_info");
		elsewhere |= section[i].sh_flags & SHF_COMPRESSED ||
			     !strncmp(name, ".zdebug", 7) ||
			     !strcmp(name, ".gnu_debugaltlink") ||
			     !strcmp(name, ".debug_sup");
	}
	free(section);
	/* CONFIG_DEBUG_INFO_SPLIT: what is here names a file.dwo that has it */
	return has_info && !elsewhere && !memmem(file, bytes, ".dwo", 5);
}

void ofl_words_add(struct ofl_words *w, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t bytes = fd < 0 ? 0 : read_file(w, fd);

	if (fd >= 0)
		close(fd);
	if (!bytes || !is_plain(w->at + w->bytes, bytes))
		w->blind = true;
	w->bytes += bytes;
}

bool ofl_words_may_have(const struct ofl_words *w, const char *name)
{
	size_t len = strnlen(name, MAX_NAME);

	/* a linker may have merged it into the end of a longer one */
	return w->blind || len == MAX_NAME ||
	       (w->bytes && memmem(w->at, w->bytes, name, len + 1));
}

void ofl_words_free(struct ofl_words *w)
{
	free(w->at);
	*w = (struct ofl_words){ .at = NULL };
}
