/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit.h - cmocka and the headers that must come before it */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/** unit_seed() - a new seed, or $OFL_SEED to see a failure again; printed */
unsigned int unit_seed(void);

/**
 * unit_document() - leave a document for the runner to hold against its schema
 * @text: in  what a command printed: passed over unless it is a whole document
 */
void unit_document(const char *text);

/** unit_elf64() - begin a head of ELF: 64 bits, the byte order of this machine */
void unit_elf64(unsigned char *ident);

/** unit_slurp() - a file as a string; NULL if there is none; free() it */
char *unit_slurp(const char *path);

#endif
