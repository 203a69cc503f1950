# SPDX-License-Identifier: Apache-2.0
# The benchmark: one program, and the null programs it compares with.

bench_srcs	:= $(wildcard selftests/bench/*.c)
bench_objs	:= $(patsubst %.c,$(O)/obj/%.o,$(filter-out %.bpf.c,$(bench_srcs)))
bench_skel	:= $(O)/gen/selftests/bench/null.skel.h
bench		:= $(O)/selftests/xi-bench

$(O)/selftests/bench/null.bpf.o: selftests/bench/null.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$<)$(CLANG) $(bpf_cflags) -c $< -o $@

$(bench_skel): $(O)/selftests/bench/null.bpf.o
	@mkdir -p $(@D)
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name null_bpf > $@.tmp && mv $@.tmp $@

$(bench_objs): | $(bench_skel) $(skels)
# Code that is measured is compiled into these headers.
$(O)/obj/selftests/bench/rig.o: $(bench_skel) $(skels)

$(bench): $(bench_objs) $(O)/libxi.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(all_ldflags) -o $@ $^ -lbpf -lelf -lz -lmnl -lcrypto

selftests-build: $(bench)
