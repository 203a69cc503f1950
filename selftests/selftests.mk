# SPDX-License-Identifier: Apache-2.0
# Tests. Every stage runs through scripts/tally, which counts its TAP into
# build/test-results/summary.tsv; .ci/run adds that up.

unit_tests	:= $(wildcard selftests/unit/*/test_*.c)
bpf_tests	:= $(wildcard selftests/bpf/test_*.c)
fuzz_srcs	:= $(wildcard selftests/fuzz/fuzz_*.c)
# faultnl.so goes into other processes, the rest is one program.
tool_srcs	:= $(filter-out %/faultnl.c,$(wildcard selftests/tools/*.c))
test_lib	:= $(patsubst %.c,$(O)/obj/%.o,$(wildcard selftests/lib/*.c))

unit_bins	:= $(unit_tests:%.c=$(O)/%)
bpf_bins	:= $(bpf_tests:%.c=$(O)/%)
fuzz_bins	:= $(fuzz_srcs:%.c=$(O)/%)
wire		:= $(O)/selftests/xi-wire
faultnl		:= $(O)/selftests/faultnl.so

# Helpers in the folder of a test: all that is not a test itself.
helpers		= $(patsubst %.c,$(O)/obj/%.o,$(filter-out $(dir $(1))test_%,$(wildcard $(dir $(1))*.c)))

.SECONDEXPANSION:
$(unit_bins) $(bpf_bins): $(O)/%: $(O)/obj/%.o $$(call helpers,%.c) $(test_lib) $(O)/libxi.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(all_ldflags) -o $@ $^ $(libs) -lcmocka

$(O)/obj/selftests/bpf/%.o $(O)/obj/selftests/unit/dataplane/%.o: | $(skels)

$(wire): $(tool_srcs) $(wildcard selftests/tools/*.h)
	@mkdir -p $(@D)
	$(call say,TOOL,$@)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -g $(warnings) -Iinclude -I. -o $@ $(tool_srcs)

$(faultnl): selftests/tools/faultnl.c
	@mkdir -p $(@D)
	$(call say,TOOL,$@)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -g $(warnings) -fPIC -shared -o $@ $<

fuzz_flags	:= -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
		   -fno-sanitize-recover=undefined -Iinclude -I. -I$(O)/gen -w -MMD -MP

$(fuzz_bins): $(O)/%: %.c | $(skels)
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(CLANG) $(fuzz_flags) -o $@ $< $(filter %.a,$^) -ljansson -levent -lmnl -lbpf -lcrypto -ledit

# For a harness of many sources: all that may be in it, each a unit of its own; the
# harness has the stand-ins of what is not.
fuzz_lib_srcs	:= $(filter-out $(mains),$(wildcard $(addprefix user/,$(addsuffix /*.c,lib crypto config \
		   plan kernel ctl cli)))) user/dataplane/windows.c
fuzz_lib_objs	:= $(fuzz_lib_srcs:%.c=$(O)/fuzz-obj/%.o)

$(O)/fuzz-obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(CLANG) $(fuzz_flags) -c -o $@ $<

$(O)/libfuzz.a: $(fuzz_lib_objs)
	$(call say,AR,$@)rm -f $@ && ar rcs $@ $^

$(O)/selftests/fuzz/fuzz_ctl: $(O)/libfuzz.a

-include selftests/bench/bench.mk

.PHONY: selftests-build unit-test bpf-test fuzz-short results
results:
	@rm -rf $(O)/test-results && mkdir -p $(O)/test-results

selftests-build: all $(unit_bins) $(bpf_bins) $(fuzz_bins) $(wire) $(faultnl)

check: results selftests-build
	$(Q)selftests/check

# What a clone on a fresh machine needs first. A second make reads the new tools' places.
# A stage that fails does not keep the others from running: all is told at once.
submake := $(MAKE) --no-print-directory
test:
	$(Q)scripts/setup
	$(Q)$(submake) results selftests-build
	$(Q)status=0; \
		$(submake) check || status=1; \
		$(submake) -j2 -k test-mutants-1 test-mutants-2 || status=1; \
		scripts/vm fetch all && $(submake) -j2 -k test-vm-6.12 test-vm-6.1 || status=1; \
		echo && column -t $(O)/test-results/summary.tsv; \
		exit $$status

# Sources broken on purpose, each of which a named test has to notice.
.PHONY: mutants test-mutants-1 test-mutants-2
mutants: selftests-build
	$(Q)selftests/mutants
test-mutants-1 test-mutants-2: test-mutants-%:
	$(Q)XI_SHARD=$*/2 scripts/tally mutants-$* -- selftests/mutants >$(O)/test-results/mutants-$*.out || \
		{ grep -A5 '^not ok' $(O)/test-results/mutants-$*.out; false; }
	$(Q)tail -n 1 $(O)/test-results/mutants-$*.out

# Side by side: each guest has one CPU for most of the time.
.PHONY: test-vm-6.12 test-vm-6.1
test-vm-6.12 test-vm-6.1: test-vm-%:
	$(Q)scripts/tally vm-$* -- selftests/vm/boot $* >$(O)/test-results/vm-$*.out
	$(Q)tail -n 1 $(O)/test-results/vm-$*.out

KERNEL	?= 6.12
check-vm: selftests-build
	$(Q)scripts/setup
	$(Q)scripts/vm run $(KERNEL) --cpus 2 --mem 2G -- selftests/vm/run $(STORY)

fuzz: $(fuzz_bins)
	$(Q)selftests/fuzz/run $(SECONDS)

bench:
	$(Q)scripts/setup
	$(Q)$(MAKE) --no-print-directory selftests-build
	$(Q)selftests/bench/run

demo:
	$(Q)scripts/setup
	$(Q)$(MAKE) --no-print-directory all $(wire)
	$(Q)selftests/demo/run
