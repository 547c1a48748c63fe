// SPDX-License-Identifier: GPL-2.0-or-later
/* version.c - which offline.so this is: what VERSION says when it is built */
#include "commands/version.h"

const char *const ofl_version = OFL_VERSION;
