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
# the kernels that make check boots
KERNELS		?= 6.1 6.12
# and in how many processes its lab asks crash
LAB_PROCESSES	?= $(shell nproc)
# and those of which make check makes one dump, for one session of crash
BRIEF_KERNELS	?= 5.10
# and those that make check-verdicts does
VERDICT_KERNELS	?= 5.10 6.1 6.12 7.2 7.3
# and those that make check-hypervisors does
HYPERVISOR_KERNELS ?= 6.1 6.12 7.2
# and those that make check-reach opens in every crash
REACH_KERNELS	?= 5.10 6.1 6.12 7.2 7.3 6.1-rt 6.12-rt cma-6.12 novmemmap-6.12 slab-6.1 \
		   6.1-arm64 6.1-s390x 6.1-ppc64el
PREFIX		?= /usr
# crash looks in lib64 first, where it is a program of 64 bits, then in lib:
# the first of the two that is there, else the first
LIBDIR		?= $(or $(patsubst /usr/%/crash/extensions,%,$(firstword \
		   $(wildcard /usr/lib64/crash/extensions /usr/lib/crash/extensions))),lib64)
EXTENSIONS	?= $(PREFIX)/$(LIBDIR)/crash/extensions

# where crash's defs.h is, and of which crash version it is
CRASH_INCLUDE	?= /usr/include/crash
CRASH_VERSION	?= $(shell crash --version 2>/dev/null | sed -n 's/^crash \([0-9.]*\).*/\1/p')

CC		:= $(if $(filter default,$(origin CC)),gcc,$(CC))
PKG_CONFIG	?= pkg-config
PYTHON		?= /usr/bin/python3
include codecs.mk
LIBS		= smartcols json-c libbpf $(CODECS)

comma		:= ,
# STATIC=1: what has an archive goes into offline.so, so that it needs libc only
# (an archive that was built without -fPIC does not fit into a shared object)
archive		= $(or $(shell mkdir -p $(BUILD); a=$$($(CC) -print-file-name=lib$(1).a); \
		   test -f $$a && $(CC) -shared -Wl,--exclude-libs,ALL -Wl,--whole-archive $$a \
		   -Wl,--no-whole-archive -o $(BUILD)/probe.so 2>/dev/null && echo $$a),-l$(1))
LINKED		= $(if $(STATIC),-Wl$(comma)--as-needed) $(if $(STATIC),$(foreach f,$(shell $(PKG_CONFIG) --static --libs $(LIBS)),\
		   $(if $(filter -l%,$(f)),$(call archive,$(f:-l%=%)),$(f))),$(shell \
		   $(PKG_CONFIG) --libs $(LIBS)))
# what came of it
say_needed	= needed=$$(readelf -d $@ | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v '^libc\.\|^ld-' | xargs); \
		  echo "STATIC=1: offline.so needs $${needed:-nothing} beside libc where it is loaded$${needed:+: no archive of it that fits into a shared object is installed here}"

# -Wwrite-strings is left out: crash's prototypes take char * for literals
WARN = -Wall -Wextra -Wshadow -Wvla -Wundef -Wmissing-prototypes \
       -Wstrict-prototypes -Wpointer-arith -Wformat=2 -Wformat-nonliteral \
       -Werror
CFLAGS		?= -O2 -g
override CFLAGS	+= -std=gnu11 -D_GNU_SOURCE -fPIC -fvisibility=hidden $(WARN) \
		   -Iinclude

DEBS = gcc libc6-dev make pkg-config crash libsmartcols-dev libjson-c-dev \
       libbpf-dev libdeflate-dev liblzo2-dev libzstd-dev libsnappy-dev
CHECK_DEBS = $(DEBS) libcmocka-dev python3 python3-pytest python3-pytest-xdist python3-jsonschema python3-fastjsonschema \
	     qemu-system-x86 busybox-static cpio xz-utils makedumpfile binutils
# one line a hypervisor: what is installed for make check-hypervisors only
FOREIGN_DEBS = qemu-user-static qemu-system-arm qemu-system-misc \
	       gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
	       gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross \
	       gcc-s390x-linux-gnu libc6-dev-s390x-cross
HYPERVISOR_DEBS = $(FOREIGN_DEBS)
# what make check-people looks with
PEOPLE_DEBS = mmdebstrap chromium parallel mandoc man-db debhelper dpkg-dev lintian fakeroot rpm rpmlint \
	      groff-base
# what builds kernels of our own
REACH_DEBS = $(FOREIGN_DEBS) flex bison bc libelf-dev
# what the floor of make bench decompresses with
BENCH_DEBS = zlib1g libdeflate0 liblzo2-2

# V=1 shows whole commands
ifeq ($(V),1)
say =
else
say = @printf '  %-4s %s\n' $(1) $@;
endif

# ---- nothing to change below ------------------------------------------------

# one folder a room; all but the seam to crash is the core
CORE	:= $(filter-out src/crash/%,$(wildcard src/*/*.c))
OBJ	:= $(patsubst %.c,$(BUILD)/%.o,$(CORE))
# of one more crash only the seam is built once more: SEAM=...
SEAM	?= $(BUILD)
CRASHO	:= $(SEAM)/offline.o $(patsubst %.c,$(SEAM)/%.o,$(wildcard src/crash/*.c))
SAN	:= $(BUILD)/san
SANCRASHO := $(CRASHO:$(SEAM)/%=$(SAN)/%)
SANOBJ	:= $(patsubst %.c,$(SAN)/%.o,$(CORE) $(wildcard tests/lib/*.c))
UNIT	:= $(patsubst %.c,$(SAN)/%,$(wildcard tests/unit/test_*.c))
RESULTS	:= $(BUILD)/results

all: $(SEAM)/offline.so

$(SEAM)/offline.so: $(CRASHO) $(BUILD)/libofl.a
	$(call say,LINK)$(CC) -shared -Wl,-soname,offline.so -Wl,--exclude-libs,ALL $(LDFLAGS) \
		-o $@ $(CRASHO) $(BUILD)/libofl.a $(LINKED)
	$(if $(STATIC),@$(say_needed))

# everything but the seam; programs that link it prove that it needs no crash
$(BUILD)/libofl.a: $(OBJ)
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $^

# what came with libbpf 1.0, for those before: include/layout/libbpf.h
LIBBPF	:= $(shell $(PKG_CONFIG) --atleast-version=1.0 libbpf || echo -DOFL_OLD_LIBBPF)

$(foreach o,$(addprefix src/view/,view.o table.o json.o) src/layout/types.o src/layout/btf.o src/layout/enums.o tests/lib/alloc.o,$(BUILD)/$(o) $(SAN)/$(o)): \
	override CFLAGS += $(shell $(PKG_CONFIG) --cflags $(LIBS)) $(LIBBPF)

# the version is in the binary: "offline --version"
VERSIONO = $(foreach dir,$(BUILD) $(SAN) $(BUILD)/fuzz,$(dir)/src/commands/version.o) \
	   $(SAN)/tests/unit/test_command.o
$(VERSIONO): override CFLAGS += -DOFL_VERSION='"$(shell cat VERSION)"' \
	-DOFL_DOCS='"$(DOCDIR)/docs"' -DOFL_SCHEMA='"$(SHARE)/offline-so/schema"'
$(VERSIONO): VERSION $(BUILD)/paths

# help pages and man pages say where docs/ and schema/ are
PATHS	= $(DOCDIR) $(SHARE)
$(BUILD)/paths: ALWAYS
	@mkdir -p $(BUILD)
	@echo '$(PATHS)' | cmp -s - $@ || echo '$(PATHS)' > $@

# objects that depend on which of the codecs are there
CODECO	= $(foreach dir,$(BUILD) $(SAN) $(BUILD)/fuzz,$(dir)/src/dump/codec.o) \
	  $(SAN)/tests/lib/kdumpfile.o $(SAN)/tests/lib/alloc.o
$(CODECO): override CFLAGS += $(shell echo $(CODECS:%=-DHAVE_%) | tr a-z A-Z) $(shell $(PKG_CONFIG) --cflags $(LIBS))
$(CODECO): $(BUILD)/codecs

# written anew when a library came or went, so that they are built anew then
$(BUILD)/codecs: ALWAYS
	@mkdir -p $(@D)
	@echo "$(CODECS)" | cmp -s - $@ || echo "$(CODECS)" > $@

ALWAYS:
.PHONY: ALWAYS

$(BUILD)/%.o: %.c | need-libs
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(CRASHO) $(SANCRASHO): override CFLAGS += -isystem $(CRASH_INCLUDE) \
	-DOFL_CRASH_VERSION='"$(CRASH_VERSION)"'
$(CRASHO) $(SANCRASHO): | need-crash

$(CRASHO): $(SEAM)/%.o: %.c | need-libs
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

need-crash:
	@test -f $(CRASH_INCLUDE)/defs.h || { echo "$(CRASH_INCLUDE)/defs.h is missing: install crash's header (Debian: apt-get install crash; Fedora, RHEL: crash-devel) or give CRASH_INCLUDE=" >&2; exit 1; }
	@test -n "$(CRASH_VERSION)" || { echo "of which crash version is $(CRASH_INCLUDE)/defs.h? give CRASH_VERSION=x.y.z" >&2; exit 1; }

need-libs:
	@$(PKG_CONFIG) --exists $(LIBS) || { echo "$(LIBS): a library is missing (Debian: apt-get install pkg-config libsmartcols-dev libjson-c-dev libbpf-dev)" >&2; exit 1; }

# ---- tests ------------------------------------------------------------------

SANFLAGS = -fsanitize=address,undefined -fno-sanitize-recover=all \
	   -fno-omit-frame-pointer
# so that a test can make the core's memory run out
WRAPPED	 = malloc calloc realloc scols_new_table scols_table_new_column \
	   scols_table_new_line scols_line_set_data json_object_new_object \
	   json_object_new_array json_object_new_string json_object_new_int64 \
	   json_object_new_uint64 json_object_object_add \
	   libdeflate_alloc_decompressor ZSTD_createDCtx
WRAP	 = $(WRAPPED:%=-Wl,--wrap=%)
OFL_ENV	 = OFL_CACHE=$(CACHE) OFL_BUILD=$(abspath $(BUILD))

$(SAN)/%.o: override CFLAGS += $(SANFLAGS) -Itests/lib
$(SAN)/%.o: %.c | need-libs
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(SAN)/tests/unit/%.o: override CFLAGS += \
	$(shell $(PKG_CONFIG) --cflags cmocka $(LIBS))

$(UNIT): %: %.o $(SANOBJ)
	$(call say,LINK)$(CC) $(SANFLAGS) $(WRAP) $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs cmocka $(LIBS))

# for a crash that is started with the sanitizers' libraries: tests/lab/test_sanitizers.py,
# which come first, so that it is not linked with them
$(SAN)/offline.so: $(SANCRASHO) $(CORE:%.c=$(SAN)/%.o)
	$(call say,LINK)$(CC) -shared -Wl,-soname,offline.so $(LDFLAGS) -o $@ $^ $(LINKED)

$(SAN)/replay: $(SAN)/tests/golden/replay.o $(SANOBJ)
	$(call say,LINK)$(CC) $(SANFLAGS) $(WRAP) $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs $(LIBS))

$(SAN)/tests/docs/%.o: override CFLAGS += -Itests/docs \
	$(shell $(PKG_CONFIG) --cflags $(LIBS))

$(SAN)/rows: $(SAN)/tests/docs/rows.o $(SAN)/tests/docs/schema.o $(SANOBJ)
	$(call say,LINK)$(CC) $(SANFLAGS) $(WRAP) $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs $(LIBS))

# the tables of docs/ from the rows of options and columns
docs: $(SAN)/rows $(SAN)/replay
	@$(PYTHON) tests/docs/docs.py --write $(SAN)/rows $(SAN)/replay

described: $(SAN)/rows $(SAN)/replay man
	@mkdir -p $(RESULTS)
	@rm -f $(RESULTS)/docs.xml
	@$(PYTHON) tests/docs/docs.py $(SAN)/rows $(SAN)/replay $(RESULTS)/docs.xml || true

# ---- knowing less never promises more: many runs, so not sanitized ----------

LESS	:= $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/property/*.c)) \
	   $(BUILD)/tests/lib/texttarget.o

$(LESS): override CFLAGS += -Itests/lib $(shell $(PKG_CONFIG) --cflags json-c)

$(BUILD)/less: $(LESS) $(BUILD)/libofl.a
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs $(LIBS))

LESS_RUN = $(PYTHON) tests/property/run.py $(BUILD)/less $(RESULTS)/less.xml

less: $(BUILD)/less
	@mkdir -p $(RESULTS)
	@rm -f $(RESULTS)/less.xml
	@$(LESS_RUN) || true

# every single loss of every fixture, an hour; or N=... random sets, SEED=...
check-less: $(BUILD)/less
	@mkdir -p $(RESULTS)
	@$(LESS_RUN) $(if $(N),--sets $(N) $(if $(SEED),--seed $(SEED)),--all)

# take out of tests/property/known.txt what is mended
less-shrink: $(BUILD)/less
	@mkdir -p $(RESULTS)
	@$(LESS_RUN) --shrink

# ---- two ways, one answer: the same asked in another way ----

$(BUILD)/tests/golden/replay.o: override CFLAGS += -Itests/lib

$(BUILD)/replay: $(BUILD)/tests/golden/replay.o $(BUILD)/tests/lib/texttarget.o $(BUILD)/libofl.a
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs $(LIBS))

ways: $(BUILD)/replay
	@mkdir -p $(RESULTS)
	@rm -f $(RESULTS)/ways.xml
	@$(PYTHON) tests/property/run_ways.py $(BUILD)/replay $(RESULTS)/ways.xml || true

# ---- fuzzing: the same entry points with libFuzzer, and over their corpus ----

FUZZ	:= $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZO	:= $(patsubst %.c,$(BUILD)/fuzz/%.o,$(CORE) tests/lib/texttarget.c)
FUZZ_SECONDS ?= 300

$(SAN)/%: $(SAN)/tests/fuzz/%.o $(SANOBJ)
	$(call say,LINK)$(CC) $(SANFLAGS) $(WRAP) $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs $(LIBS))

$(BUILD)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)clang $(CFLAGS) -fsanitize=fuzzer-no-link,address,undefined \
		-fno-sanitize-recover=all -DFUZZ_TARGET -Itests/lib \
		$(shell $(PKG_CONFIG) --cflags $(LIBS)) -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/fuzz_%: $(BUILD)/fuzz/tests/fuzz/fuzz_%.o $(FUZZO)
	$(call say,LINK)clang -fsanitize=fuzzer,address,undefined $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs $(LIBS))

# new inputs go to $(BUILD)/fuzz; the corpus is what was worth keeping of them
fuzz: $(FUZZ:%=$(BUILD)/fuzz/%)
	@for f in $(FUZZ); do \
		case $$f in \
		fuzz_kdump|fuzz_dump) most=24576;; \
		*) most=4096;; \
		esac; \
		mkdir -p $(BUILD)/fuzz/new/$$f; \
		$(BUILD)/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
			-rss_limit_mb=1024 -print_final_stats=1 -max_len=$$most \
			-artifact_prefix=$(BUILD)/fuzz/$$f- \
			$(BUILD)/fuzz/new/$$f tests/fuzz/corpus/$$f || exit 1; \
	done

corpus: $(FUZZ:%=$(SAN)/%)
	@mkdir -p $(RESULTS)
	@$(PYTHON) tests/fuzz/run.py $(RESULTS)/corpus.xml $(FUZZ:%=$(SAN)/%) || true

# which file may need which, over includes and over the objects' symbols
house: $(SANOBJ) $(if $(wildcard $(CRASH_INCLUDE)/defs.h),$(CRASHO))
	@mkdir -p $(RESULTS)
	@rm -f $(RESULTS)/house.xml
	@$(PYTHON) tests/house.py $(BUILD) $(RESULTS)/house.xml || true

need-cmocka:
	@$(PKG_CONFIG) --exists cmocka || { echo "cmocka is missing (Debian: apt-get install libcmocka-dev)" >&2; exit 1; }

$(UNIT:%=%.o): | need-cmocka

# a tier leaves its results and goes on: the summary is what fails
unit: $(UNIT)
	@mkdir -p $(RESULTS)
	@rm -f $(RESULTS)/unit-*.xml
	@env OFL_BUILD=$(BUILD) $(PYTHON) tests/unit/run.py $(RESULTS) $(UNIT) || true

golden: $(SAN)/replay
	@mkdir -p $(RESULTS)
	@rm -f $(RESULTS)/golden.xml
	@$(PYTHON) tests/golden/run.py $(SAN)/replay $(RESULTS)/golden.xml || true

lab: all
	@mkdir -p $(RESULTS)
	@rm -f $(RESULTS)/lab.xml
	@env $(OFL_ENV) OFL_KERNELS="$(KERNELS)" OFL_BRIEF_KERNELS="$(BRIEF_KERNELS)" \
		$(PYTHON) -m pytest tests/lab -n $(LAB_PROCESSES) --dist loadgroup \
		--junitxml=$(RESULTS)/lab.xml || true

# all that the tiers below need, so that it can be made by several jobs
built: $(UNIT) $(SAN)/replay $(SAN)/rows $(SAN)/offline.so $(FUZZ:%=$(SAN)/%) $(BUILD)/less $(BUILD)/replay

summary = @$(PYTHON) tests/summary.py $(RESULTS)

# offline-report, over a crash that replays
report: $(BUILD)/replay
	@mkdir -p $(RESULTS)
	@rm -f $(RESULTS)/report.xml
	@env $(OFL_ENV) $(PYTHON) -m pytest -q tests/report --junitxml=$(RESULTS)/report.xml || true

# what needs a browser, a package build or crash's own sources
people: all man $(BUILD)/replay
	@mkdir -p $(RESULTS)
	@rm -f $(RESULTS)/people.xml
	@env $(OFL_ENV) $(PYTHON) -m pytest tests/people --junitxml=$(RESULTS)/people.xml || true

check-people: deps
	@tests/deps.sh $(PEOPLE_DEBS)
	@$(MAKE) --no-print-directory people
	$(summary) people

check-unit: house unit golden described corpus less ways report
	$(summary) house unit golden docs corpus less ways report

check-lab: lab
	$(summary) lab

# what the lab will ask for, so that guests boot while the tiers run that need none
guests:
	@env $(OFL_ENV) OFL_KERNELS="$(KERNELS)" OFL_BRIEF_KERNELS="$(BRIEF_KERNELS)" \
		$(PYTHON) tests/lab/prepare.py

check: deps
	@rm -rf $(RESULTS)
	@$(MAKE) --no-print-directory guests & \
	$(MAKE) --no-print-directory -j$$(nproc) -k all built || true; \
	$(MAKE) --no-print-directory -k house unit golden described corpus less ways report lab || true; \
	wait
	$(summary) house unit golden docs corpus less ways report lab

check-all:
	@$(MAKE) --no-print-directory check KERNELS="$(KERNELS) 5.10 7.2 7.3"

# the whole campaign, hours: every block of many guests, judged and tried
check-verdicts: deps
	@$(MAKE) --no-print-directory all
	@env $(OFL_ENV) $(PYTHON) tests/lab/campaign.py -o docs/verdicts.md \
		$(VERDICT_KERNELS)

# its page, from the guests that are in the cache
verdicts-page: all
	@env $(OFL_ENV) $(PYTHON) tests/lab/campaign.py -c -o docs/verdicts.md \
		$(VERDICT_KERNELS)

# two ways, one answer, of every dump in the cache: an hour; DUMPS='WORD...'
# are those that have it in their path
check-ways: all
	@env $(OFL_ENV) $(PYTHON) tests/lab/two_ways.py $(DUMPS)

# each kernel's dumps under each crash; CELL=6.12/system/elf runs one of them anew
check-reach: deps
	@tests/deps.sh $(REACH_DEBS)
	@$(MAKE) --no-print-directory all
	@env $(OFL_ENV) OFL_KERNELS="$(REACH_KERNELS)" $(PYTHON) tests/lab/reach.py \
		-o docs/reach.md $(CELL)

# guests of real hypervisors, which are emulated too: half an hour, at first an hour
hypervisors: all
	@mkdir -p $(RESULTS)
	@rm -f $(RESULTS)/hypervisors.xml
	@env $(OFL_ENV) OFL_KERNELS="$(HYPERVISOR_KERNELS)" $(PYTHON) -m pytest \
		tests/hypervisors --junitxml=$(RESULTS)/hypervisors.xml || true

check-hypervisors: deps
	@tests/deps.sh $(HYPERVISOR_DEBS)
	@$(MAKE) --no-print-directory hypervisors
	$(summary) hypervisors

# dumps damaged while crash looks at them; SEED=... repeats a run
check-mutations: deps
	@$(MAKE) --no-print-directory all
	@env $(OFL_ENV) $(PYTHON) tests/lab/mutate.py -n 500 $(if $(SEED),-s $(SEED)) \
		$(firstword $(KERNELS))

# small changes of the sources, one at a time: does a test notice? N=..., SEED=...
check-mutants: need-cmocka
	@nice -n 19 $(PYTHON) tests/mutants.py -n $(or $(N),300) \
		$(if $(SEED),-s $(SEED)) -d $(BUILD)/mutants

demo: deps
	@$(MAKE) --no-print-directory all
	@env $(OFL_ENV) $(PYTHON) tests/lab/demo.py

# not part of check: an hour with an empty cache, and 40 GB of it while it runs
bench: deps
	@tests/deps.sh $(BENCH_DEBS)
	@$(MAKE) --no-print-directory all
	@env $(OFL_ENV) $(PYTHON) tests/bench/bench.py $(BENCH)

# a guest of 512 GiB beside one of 32, two hours and 30 GB; OFL_BENCH_GIB="256,32"
# are other sizes
bench-large: deps
	@tests/deps.sh $(BENCH_DEBS)
	@$(MAKE) --no-print-directory all
	@env $(OFL_ENV) $(PYTHON) tests/bench/large.py $(BENCH)

# a TiB and sixteen that are made up, half an hour: HUGE="64 1024" are other sizes, in GiB
$(BUILD)/tests/bench/huge.o: override CFLAGS += -Itests/lib

$(BUILD)/huge: $(BUILD)/tests/bench/huge.o $(BUILD)/tests/lib/texttarget.o $(BUILD)/libofl.a
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs $(LIBS))

bench-huge: $(BUILD)/huge
	@$(PYTHON) tests/bench/huge.py $< tests/golden/6.1-both-whole.fixture $(HUGE)

# installs what is missing, says nothing when nothing is
deps:
	@tests/deps.sh $(CHECK_DEBS)

# ---- the rest ---------------------------------------------------------------

# the man pages, from the rows of the help pages
$(BUILD)/mkman: $(BUILD)/tools/mkman.o $(BUILD)/libofl.a
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(LIBS))

COMMANDS	= $(shell sed -n 's/^COMMAND.\([a-z]*\),.*/\1/p' include/commands/commands.def)
MAN7		= $(COMMANDS:%=$(BUILD)/man/%.7) $(BUILD)/man/offline.so.7

$(BUILD)/man/%.7: $(BUILD)/mkman
	@mkdir -p $(@D)
	$(call say,MAN)$(BUILD)/mkman $* > $@

man: $(MAN7)

# what goes where: SOURCE:FOLDER:MODE, for install and for uninstall
SHARE		= $(PREFIX)/share
DOCDIR		?= $(SHARE)/doc/offline-so
INSTALLED	= $(BUILD)/offline.so:$(EXTENSIONS):755 \
		  tools/offline-report:$(PREFIX)/bin:755 \
		  $(patsubst %,%:$(SHARE)/offline-so/schema:644,$(wildcard schema/*.json)) \
		  $(MAN7:%=%:$(SHARE)/man/man7:644) \
		  man/offline-report.1:$(SHARE)/man/man1:644 \
		  README:$(DOCDIR):644 \
		  $(patsubst %,%:$(DOCDIR)/docs:644,$(wildcard docs/*.md)) \
		  $(patsubst %,%:$(DOCDIR)/docs/owners:644,$(wildcard docs/owners/*.md))
part		= $(word $(2),$(subst :, ,$(1)))

install: all man
	@$(foreach i,$(INSTALLED),install -D -m 0$(call part,$(i),3) $(call part,$(i),1) \
		$(DESTDIR)$(call part,$(i),2)/$(notdir $(call part,$(i),1)) &&) true
	@echo "installed $(DESTDIR)$(EXTENSIONS)/offline.so"
	$(if $(filter /usr/lib64/crash/extensions /usr/lib/crash/extensions,$(EXTENSIONS)),,@echo "crash does not look there: set CRASH_EXTENSIONS=$(EXTENSIONS)")

uninstall:
	@rm -f $(foreach i,$(INSTALLED),$(DESTDIR)$(call part,$(i),2)/$(notdir $(call part,$(i),1)))
	@for dir in $(SHARE)/offline-so/schema $(SHARE)/offline-so $(DOCDIR)/docs/owners $(DOCDIR)/docs $(DOCDIR); do \
		rmdir $(DESTDIR)$$dir 2>/dev/null || true; done

# the sources as they are, and those that unpack into crash's extensions/
RELEASE		= offline-so-$(shell cat VERSION)
DISTRIBUTED	= COPYING Makefile README VERSION offline.c offline.mk codecs.mk include src \
		  docs schema man tools tests debian packaging
dist:
	@mkdir -p $(BUILD)/dist
	@tar -czf $(BUILD)/dist/$(RELEASE).tar.gz --sort=name --owner=0 --group=0 --numeric-owner \
		--exclude=__pycache__ --exclude=.pytest_cache --transform='s,^,$(RELEASE)/,' \
		$(wildcard $(DISTRIBUTED))
	@tar -czf $(BUILD)/dist/$(RELEASE)-crash.tar.gz --sort=name --owner=0 --group=0 --numeric-owner \
		--transform='s,^\(src\|include\|codecs.mk\|VERSION\|COPYING\),offline-so/\1,' \
		offline.c offline.mk codecs.mk src include VERSION COPYING
	@ls $(BUILD)/dist/$(RELEASE)*.tar.gz

clean:
	rm -rf $(BUILD)

distclean: clean
	rm -rf $(CACHE)

help:
	@sed -n 's/^#\t/	/p' Makefile
	@echo "	make		build $(BUILD)/offline.so"
	@echo "	make check-unit	unit and golden tests: no crash, no QEMU, no root"
	@echo "	make docs	write the tables of docs/ that are made from rows"
	@echo "	make check-less	every loss of every recording, an hour; N=20000 SEED=1: random sets"
	@echo "	make check-all	make check, and kernels 7.2 and 7.3"
	@echo "	make check-mutations	500 damaged dumps through the real crash"
	@echo "	make check-mutants	300 small changes of the sources: do tests notice?"
	@echo "	make fuzz	libFuzzer on the core (needs clang), FUZZ_SECONDS each"
	@echo "	make check-verdicts	offblock against real offlining: hours, resumable"
	@echo "	make check-ways	two ways, one answer, of every dump in the cache: an hour"
	@echo "	make check-reach	each kernel's dumps under each crash, into docs/reach.md; CELL=6.12/system/elf"
	@echo "	make check-hypervisors	guests of Xen, Hyper-V and others: half an hour, at first an hour"
	@echo "	make bench	time walks of a large dump; BENCH='-k SERIES -n ROUNDS'"
	@echo "	make bench-large	what a GiB costs in a guest of 512 GiB: two hours and 30 GB"
	@echo "	make bench-huge	what a GiB costs at 1, 4 and 16 TiB that are made up: half an hour"
	@echo "	make check-people	pages in a browser, packages, crash's own tree: needs the network"
	@echo "	make man	the man pages"
	@echo "	make install	to $(EXTENSIONS) and below $(PREFIX)/share; DESTDIR, PREFIX; make uninstall"
	@echo "	make STATIC=1	offline.so that needs libc only, where the archives are installed"
	@echo "	make dist	tarballs: the sources, and what unpacks into crash's extensions/"
	@echo "	make distclean	also empty the cache folder"

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all built guests docs described need-crash need-libs need-cmocka house unit golden corpus less ways lab \
	check-unit check-less less-shrink \
	bench bench-large bench-huge check-lab check check-all check-verdicts verdicts-page check-ways check-mutations check-mutants hypervisors \
	check-reach check-hypervisors fuzz demo deps \
	install clean distclean help
.SECONDARY:
