# SPDX-License-Identifier: GPL-2.0-or-later
# offline.so - PageOffline memory in the crash utility
#
#	make demo	the whole thing on a dump of its own making (as root)
#	make check	every test that fits into half an hour (as root)
#	make help	the other targets

# ---- settings ---------------------------------------------------------------

BUILD		?= build
# the one folder for kernels, dumps and other crash versions
CACHE		?= $(CURDIR)/.cache
PREFIX		?= /usr
EXTENSIONS	?= $(PREFIX)/lib/crash/extensions

# where crash's defs.h is, and of which crash version it is
CRASH_INCLUDE	?= /usr/include/crash
CRASH_VERSION	?= $(shell crash --version 2>/dev/null | sed -n 's/^crash \([0-9.]*\).*/\1/p')

CC		:= $(if $(filter default,$(origin CC)),gcc,$(CC))
PKG_CONFIG	?= pkg-config
PYTHON		?= /usr/bin/python3
LIBS		= smartcols json-c

# -Wwrite-strings is left out: crash's prototypes take char * for literals
WARN = -Wall -Wextra -Wshadow -Wvla -Wundef -Wmissing-prototypes \
       -Wstrict-prototypes -Wpointer-arith -Wformat=2 -Wformat-nonliteral \
       -Werror
CFLAGS		?= -O2 -g
override CFLAGS	+= -std=gnu11 -D_GNU_SOURCE -fPIC -fvisibility=hidden $(WARN) \
		   -Iinclude

DEBS = gcc libc6-dev make pkg-config crash libsmartcols-dev libjson-c-dev
CHECK_DEBS = $(DEBS) libcmocka-dev python3 python3-pytest qemu-system-x86 \
	     busybox-static cpio xz-utils makedumpfile binutils

# ---- nothing to change below ------------------------------------------------

CORE	:= $(filter-out src/view.c,$(wildcard src/*.c))
OBJ	:= $(patsubst %.c,$(BUILD)/%.o,$(CORE) src/view.c)
CRASHO	:= $(BUILD)/offline.o $(BUILD)/src/crash/target.o
UNIT	:= $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))
TESTLIB	:= $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/lib/*.c))
RESULTS	:= $(BUILD)/results

all: $(BUILD)/offline.so

$(BUILD)/offline.so: $(CRASHO) $(BUILD)/libofl.a
	$(CC) -shared -Wl,-soname,offline.so -Wl,--exclude-libs,ALL $(LDFLAGS) \
		-o $@ $(CRASHO) $(BUILD)/libofl.a \
		$(shell $(PKG_CONFIG) --libs $(LIBS))

# everything but the seam; programs that link it prove that it needs no crash
$(BUILD)/libofl.a: $(OBJ)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/src/view.o: override CFLAGS += $(shell $(PKG_CONFIG) --cflags $(LIBS))

$(BUILD)/%.o: %.c | need-libs
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(CRASHO): override CFLAGS += -isystem $(CRASH_INCLUDE) \
	-DOFL_CRASH_VERSION='"$(CRASH_VERSION)"'
$(CRASHO): | need-crash

need-crash:
	@test -f $(CRASH_INCLUDE)/defs.h || { echo "$(CRASH_INCLUDE)/defs.h is missing: install crash's header (Debian: apt-get install crash; Fedora, RHEL: crash-devel) or give CRASH_INCLUDE=" >&2; exit 1; }
	@test -n "$(CRASH_VERSION)" || { echo "of which crash version is $(CRASH_INCLUDE)/defs.h? give CRASH_VERSION=x.y.z" >&2; exit 1; }

need-libs:
	@$(PKG_CONFIG) --exists $(LIBS) || { echo "$(LIBS): a library is missing (Debian: apt-get install pkg-config libsmartcols-dev libjson-c-dev)" >&2; exit 1; }

install: all
	install -D -m 0755 $(BUILD)/offline.so $(DESTDIR)$(EXTENSIONS)/offline.so

clean:
	rm -rf $(BUILD)

distclean: clean
	rm -rf $(CACHE)

help:
	@sed -n 's/^#\t/	/p' Makefile
	@echo "	make		build $(BUILD)/offline.so"
	@echo "	make check-unit	unit and golden tests: no crash, no QEMU, no root"
	@echo "	make check-all	make check, and kernel 7.2"
	@echo "	make install	to $(EXTENSIONS); DESTDIR, PREFIX"
	@echo "	make distclean	also empty the cache folder"

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all need-crash need-libs install clean distclean help
