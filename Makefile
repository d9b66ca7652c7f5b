# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim's one makefile. Sources are found by directory, so adding a file
# needs no change here. Everything made goes below $(B); only the program of
# the default build is put at the top of the tree.
#
#   make                 ./slabsim
#   make check           install what is missing, build, run every test
#   make B=/tmp/x        the same elsewhere: the program is /tmp/x/slabsim
#   make WERROR=1 CC=clang B=build-clang
#
# "make help" lists the targets.

VERSION := $(shell sed -n 's/^\#define SLABSIM_VERSION "\(.*\)"/\1/p' \
	   sim/version.h)

B ?= build
DEPS ?= yes
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
MAN ?= $(B)/man
AR ?= ar
INSTALL ?= install

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
	    -Wstrict-prototypes -Wmissing-prototypes
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif
BUILD_CFLAGS = -std=c11 $(WARNINGS) $(CFLAGS)
BUILD_CPPFLAGS = -I. -I$(B) -MMD -MP $(CPPFLAGS)
# What .ci/probe finds is read when a command runs, because "make check" may
# have installed it just before. WITHOUT="libtracecmd babeltrace2", or "all",
# builds as if these optional libraries were not there.
WITHOUT ?=
LIBS = -lsqlite3 -llzma -lz -lzstd -lnuma -lpthread -lm $(file <$(B)/traces/have.libs)

BIN := $(if $(filter build,$(B)),slabsim,$(B)/slabsim)
# As tests call it: a name without a slash would be looked up in PATH.
RUN_BIN := $(if $(filter build,$(B)),./slabsim,$(BIN))

# --- sources and what is made of them ---------------------------------------

MODEL_C := $(sort $(wildcard model/*.c))
PROGRAM_C := $(sort $(MODEL_C) $(wildcard traces/*.c workloads/*.c sim/*.c \
	     reports/*.c))
MODEL_TEST_C := $(sort $(wildcard tests/model_*.c tests/test_model_*.c))
TEST_C := $(filter-out $(MODEL_TEST_C),$(sort $(wildcard tests/test_*.c)))
BENCH_C := $(sort $(wildcard tests/bench_*.c))
FUZZ_C := $(sort $(wildcard tests/fuzz_*.c))
TEST_SH := $(sort $(wildcard tests/test_*.sh))
# Helpers of tests: linked where something of them is used.
TEST_LIB_C := $(sort $(wildcard tests/lib/*.c))

MODEL_O := $(MODEL_C:%.c=$(B)/%.o)
PROGRAM_O := $(PROGRAM_C:%.c=$(B)/%.o)
# What a test may link: the program but for its main().
TESTED_O := $(filter-out $(B)/sim/main.o,$(PROGRAM_O))
TEST_PROGRAMS := $(TEST_C:%.c=$(B)/%)
MODEL_TEST_PROGRAMS := $(MODEL_TEST_C:%.c=$(B)/%)
TEST_LIB_O := $(TEST_LIB_C:%.c=$(B)/%.o)
BENCH_PROGRAMS := $(BENCH_C:%.c=$(B)/%)
FUZZ_PROGRAMS := $(FUZZ_C:%.c=$(B)/%)
ALL_O := $(PROGRAM_O) $(patsubst %.c,$(B)/%.o,$(TEST_C) $(MODEL_TEST_C) \
	 $(BENCH_C) $(FUZZ_C) $(TEST_LIB_C))

EMBEDDED_TEXT := $(patsubst %,$(B)/%.h,$(wildcard reports/*.sql reports/*.gp \
		   reports/*.html reports/*.css reports/*.js sim/*.sql sim/*.gp))
GENERATED := $(EMBEDDED_TEXT) $(B)/traces/have.h
ifneq ($(and $(wildcard traces/cache-flags.csv),\
	     $(wildcard traces/cache-flags.awk)),)
GENERATED += $(B)/traces/cache_flags_table.inc
endif

# "check" and "demo" compile nothing before "deps" has run.
ifneq ($(filter check demo,$(MAKECMDGOALS)),)
ifneq ($(DEPS),no)
DEPS_FIRST := deps
endif
endif

.PHONY: all deps deps-ci demo validation gallery check test tests soak soak-threads bench \
	bench-plots asan tsan lint man fuzz fuzzers format install clean help FORCE
.DELETE_ON_ERROR:
.SUFFIXES:

all: $(BIN) $(B)/libslab.a

# --- compiling ---------------------------------------------------------------

# A short line a file, none with make -s; V=1 shows the commands themselves.
SILENT := $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(V),,@$(if $(SILENT),,printf '  %-4s %s\n' $(1) $@; ))

# Rewritten only when the text changes: other flags compile everything again,
# a file more or less links again.
define remember
	@mkdir -p $(@D)
	@printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' >$@
endef

$(B)/flags: FORCE
	$(call remember,$(CC) $(BUILD_CFLAGS) $(CPPFLAGS) $(LDFLAGS))

$(B)/objects: FORCE
	$(call remember,$(PROGRAM_O))

# Rewritten only when another library is there than was: see .d files.
$(B)/traces/have.h: FORCE | $(DEPS_FIRST)
	@mkdir -p $(@D)
	@CC='$(CC)' .ci/probe $(@D) $(WITHOUT)

$(B)/traces/read_tracedat.o $(B)/traces/tracedat_event.o \
$(B)/traces/read_ctf.o $(B)/traces/ctf_event.o: \
	BUILD_CPPFLAGS += $(file <$(B)/traces/have.cflags)

# Generated headers come first; which objects need which, the .d files know.
$(B)/%.o: %.c $(B)/flags | $(DEPS_FIRST) $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(BUILD_CPPFLAGS) $(BUILD_CFLAGS) -c -o $@ $<

$(B)/libslab.a: $(MODEL_O) $(B)/objects
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $(MODEL_O)

$(BIN): $(PROGRAM_O) $(B)/objects
	$(call say,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(PROGRAM_O) $(LIBS)

$(B)/libtest.a: $(TEST_LIB_O)
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $(TEST_LIB_O)

$(TEST_PROGRAMS) $(BENCH_PROGRAMS): $(B)/%: $(B)/%.o $(TESTED_O) \
		$(B)/libtest.a $(B)/objects
	$(call say,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(B)/libtest.a $(TESTED_O) \
		-lcmocka $(LIBS)

# The linker proves that the model stands alone.
$(MODEL_TEST_PROGRAMS): $(B)/%: $(B)/%.o $(B)/libtest.a $(B)/libslab.a
	$(call say,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(B)/libtest.a $(B)/libslab.a \
		-lcmocka

$(FUZZ_PROGRAMS): $(B)/%: $(B)/%.o $(TESTED_O) $(B)/objects
	$(call say,LD)$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< $(TESTED_O) $(LIBS)

# reports/show-caches.sql becomes
#   static const char show_caches_sql[] = "..."  in reports/show-caches.sql.h
$(EMBEDDED_TEXT): $(B)/%.h: % Makefile
	@mkdir -p $(@D)
	@{ echo '/* Made of $< by the Makefile. */'; \
	   echo '#pragma GCC diagnostic push'; \
	   echo '#pragma GCC diagnostic ignored "-Woverlength-strings"'; \
	   echo 'static const char $(subst -,_,$(subst .,_,$(<F)))[] ='; \
	   sed -e 's/[\\"?]/\\&/g' -e 's/.*/"&\\n"/' $<; \
	   echo '"";'; \
	   echo '#pragma GCC diagnostic pop'; } >$@

$(B)/traces/cache_flags_table.inc: traces/cache-flags.csv traces/cache-flags.awk
	@mkdir -p $(@D)
	$(call say,AWK)awk -f traces/cache-flags.awk traces/cache-flags.csv >$@

# A database without rows, which fresh_file.c puts where there is none.
SCHEMA_IMAGE_O := $(patsubst %,$(B)/sim/%.o,tools/schema_image database schema \
		  metrics host)
$(B)/sim/schema_image: $(SCHEMA_IMAGE_O)
	$(call say,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(SCHEMA_IMAGE_O) $(LIBS)

$(B)/sim/schema_image.h: $(B)/sim/schema_image
	$(call say,GEN)$< $@.db >$@

$(B)/sim/fresh_file.o: $(B)/sim/schema_image.h

# --- packages ----------------------------------------------------------------

deps:
	@.ci/deps $(DEPS)

deps-ci:
	@.ci/deps $(DEPS) ci

# --- running -----------------------------------------------------------------

tests: $(TEST_PROGRAMS) $(MODEL_TEST_PROGRAMS)

# T=name runs one test: tests/test_NAME.c, tests/model_NAME.c or .sh
test: all tests
	@B='$(B)' SLABSIM='$(RUN_BIN)' tests/run $(if $(T),-t '$(T)') \
		$(TEST_PROGRAMS) $(MODEL_TEST_PROGRAMS) $(TEST_SH)

check: $(DEPS_FIRST) test

demo: $(DEPS_FIRST) all
	@SLABSIM='$(RUN_BIN)' traces/samples/demo.sh demo

# Against recordings of real kernels: VALIDATION_DATA=DIR
validation: all
	@SLABSIM='$(RUN_BIN)' docs/validation/make.sh '$(VALIDATION_DATA)'

# docs/GALLERY.md and its pictures, of the bundled recordings
gallery: all
	@SLABSIM='$(RUN_BIN)' docs/gallery/make.sh

# What each picture costs
bench-plots: all
	@SLABSIM='$(RUN_BIN)' docs/gallery/make.sh bench

bench: all $(BENCH_PROGRAMS)
	@B='$(B)' SLABSIM='$(RUN_BIN)' tests/bench.sh

# Random operations against the naive allocator, other ones for another SEED.
OPERATIONS ?= 100000000
SECONDS ?= 3600
SEED ?= 1
soak: $(B)/tests/model_property
	nice -n 19 $< soak $(OPERATIONS) $(SECONDS) $(SEED)

# Random scenarios on 16 CPUs at once, for SECONDS, under ThreadSanitizer.
soak-threads:
	$(MAKE) B=$(B)-tsan CFLAGS='$(TSAN)' $(B)-tsan/tests/test_threads
	nice -n 19 $(B)-tsan/tests/test_threads soak $(SECONDS) $(SEED)

SANITIZED := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all

asan:
	$(MAKE) B=$(B)-asan test \
		CFLAGS='$(SANITIZED) -fsanitize=address,undefined'

# What threads do to each other; the lock order is checked as well.
TSAN := $(SANITIZED) -fsanitize=thread -DSLABSIM_DEBUG
tsan:
	$(MAKE) B=$(B)-tsan test T=threads CFLAGS='$(TSAN)'
	$(MAKE) B=$(B)-tsan test T=threads_run CFLAGS='$(TSAN)'
	$(MAKE) B=$(B)-tsan test T=actions CFLAGS='$(TSAN)'

LINT_C := $(filter-out $(FUZZ_C),$(PROGRAM_C))

# Static analysis; what is left out, and why, stands in the two files named.
lint: $(GENERATED) $(B)/sim/schema_image.h
	cppcheck --std=c11 --enable=warning,performance,portability -q \
		--suppressions-list=.ci/cppcheck-suppressions \
		--error-exitcode=1 -I. -I$(B) $(sort $(dir $(LINT_C)))
	clang-tidy --quiet $(LINT_C) -- -std=c11 -I. -I$(B) \
		$$(cat $(B)/traces/have.cflags) 2>$(B)/lint.err

fuzz:
	$(MAKE) B=$(B)-fuzz CC=clang WERROR=1 fuzzers \
		CFLAGS='$(SANITIZED) -fsanitize=fuzzer-no-link,address,undefined'

fuzzers: $(FUZZ_PROGRAMS)

format:
	clang-format -i $(wildcard model/*.[ch] traces/*.[ch] workloads/*.[ch] \
		sim/*.[ch] reports/*.[ch] tests/*.[ch] tests/lib/*.[ch])

# --- manual pages, made of what --help says ----------------------------------

man: $(BIN)
	@command -v help2man >/dev/null || \
		{ echo 'man: install help2man first' >&2; exit 2; }
	@mkdir -p $(MAN) && rm -f $(MAN)/slabsim-*.1
	@$(RUN_BIN) help | sed -n 's/^  \([a-z]*\)  *\(.*\)/\1 \2/p' | \
	while read -r command summary; do \
		[ "$$command" = help ] || help2man -N -n "$$summary" \
			--version-string=$(VERSION) "$(RUN_BIN) $$command" | \
		sed "s/^\.TH SLABSIM /.TH SLABSIM-$$command /" \
			>$(MAN)/slabsim-$$command.1 || exit 1; \
	done; rm -f $(MAN)/slabsim-help.1

# --- installing --------------------------------------------------------------

# The library's interface; the other headers of model/ are its own business.
PUBLIC_H := model/slab.h model/profile.h model/inspect.h model/stats.h \
	    model/observe.h model/snapshot.h model/locks.h

$(B)/slab.pc: Makefile sim/version.h FORCE
	@mkdir -p $(@D)
	@{ echo 'prefix=$(PREFIX)'; \
	   echo 'libdir=$(LIBDIR)'; \
	   echo 'includedir=$(INCLUDEDIR)'; \
	   echo; \
	   echo 'Name: slab'; \
	   echo 'Description: the SLAB allocator of Linux on a simulated machine'; \
	   echo 'Version: $(VERSION)'; \
	   echo 'Cflags: -I$${includedir}/slabsim'; \
	   echo 'Libs: -L$${libdir} -lslab'; } >$@

install: all $(B)/slab.pc
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig \
		$(DESTDIR)$(INCLUDEDIR)/slabsim/model
	$(INSTALL) -m 755 $(BIN) $(DESTDIR)$(BINDIR)/slabsim
	$(INSTALL) -m 644 $(B)/libslab.a $(DESTDIR)$(LIBDIR)
	$(INSTALL) -m 644 $(B)/slab.pc $(DESTDIR)$(LIBDIR)/pkgconfig
	$(INSTALL) -m 644 $(PUBLIC_H) $(DESTDIR)$(INCLUDEDIR)/slabsim/model
	$(INSTALL) -d $(DESTDIR)$(MANDIR)/man5
	$(INSTALL) -m 644 docs/*.5 $(DESTDIR)$(MANDIR)/man5
	$(MAKE) -s -o $(BIN) man && $(INSTALL) -d $(DESTDIR)$(MANDIR)/man1 && \
		$(INSTALL) -m 644 $(MAN)/*.1 $(DESTDIR)$(MANDIR)/man1 || \
		echo 'install: no manual pages, for want of help2man'

clean:
	rm -rf $(B) $(B)-asan $(B)-tsan $(B)-fuzz $(B)-gcc $(B)-clang $(BIN) demo

help:
	@echo 'make            build ./slabsim and libslab.a'
	@echo 'make demo       replay the bundled kernel traces into demo/'
	@echo 'make validation docs/VALIDATION.md from VALIDATION_DATA=DIR'
	@echo 'make gallery    docs/GALLERY.md with a picture of each kind'
	@echo 'make check      install missing packages, build, run all tests'
	@echo 'make test       run all tests; T=name runs one'
	@echo 'make asan       the tests under ASan and UBSan'
	@echo 'make tsan       the tests of threads under ThreadSanitizer'
	@echo 'make soak-threads  random scenarios on 16 CPUs at once: SECONDS= SEED='
	@echo 'make soak       random operations for long: OPERATIONS= SECONDS= SEED='
	@echo 'make bench      measure speed (valgrind adds instruction counts)'
	@echo 'make bench-plots  CPU time and size of each picture'
	@echo 'make lint       static analysis (cppcheck, clang-tidy)'
	@echo 'make fuzz       build the fuzzers (clang)'
	@echo 'make deps       install the packages that are missing'
	@echo 'make deps-ci    the same, and what only .ci/run needs'
	@echo 'make man        manual pages in $(MAN) (needs help2man)'
	@echo 'make install    PREFIX=$(PREFIX), DESTDIR=$(DESTDIR)'
	@echo 'make format     clang-format the sources'
	@echo 'make clean      remove all that was made'
	@echo
	@echo 'B=DIR           build elsewhere          WERROR=1  warnings fail'
	@echo 'CC= CFLAGS=     compiler and its flags   DEPS=no   install nothing'
	@echo 'V=1             show the commands'
	@echo 'WITHOUT=all     no optional libraries (or name them, as pkg-config'
	@echo '                does); slabsim version --build-options shows them'

-include $(ALL_O:.o=.d)
