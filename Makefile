# SPDX-License-Identifier: Apache-2.0
#
# make help says what there is. Objects go to O (default: build), never beside the sources.

O		?= build
CC		?= cc
CLANG		?= $(firstword $(foreach c,clang clang-19 clang-14,$(shell command -v $(c) 2>/dev/null)))
BPFTOOL		?= bpftool
PREFIX		?= /usr
SYSCONFDIR	?= /etc
BINDIR		?= $(PREFIX)/bin
SBINDIR		?= $(PREFIX)/sbin
MANDIR		?= $(PREFIX)/share/man
UNITDIR		?= $(PREFIX)/lib/systemd/system
BASHDIR		?= $(PREFIX)/share/bash-completion/completions
CFLAGS		?= -O2 -g
SECONDS		?= 10
STORY		?=

ifneq ($(V),1)
Q	:= @
say	= @printf '  %-8s %s\n' '$(1)' '$(2)';
else
say	=
endif

warnings	:= -Wall -Wextra -Wshadow -Wmissing-prototypes -Wvla -Wno-unused-parameter
all_cflags	:= -std=gnu11 -D_GNU_SOURCE $(warnings) -Iinclude -I. -I$(O)/gen -MMD -MP
ifeq ($(WERROR),1)
all_cflags	+= -Werror
endif
ifeq ($(SAN),1)
all_cflags	+= -fsanitize=address,undefined -fno-omit-frame-pointer
all_ldflags	+= -fsanitize=address,undefined
endif
all_cflags	+= -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE $(CFLAGS)
all_ldflags	+= -pie -Wl,-z,relro,-z,now $(LDFLAGS)
libs		:= -lxdp -lbpf -lelf -lz -lmnl -levent -ljansson -lcrypto -ledit

arch		:= $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/')
bpf_cflags	:= -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(arch) -Iinclude \
		   -I/usr/include/$(shell uname -m)-linux-gnu \
		   -Wall -Wextra -Werror -Wno-unused-parameter -MMD -MP

bpf_progs	:= $(patsubst bpf/%.bpf.c,%,$(wildcard bpf/*.bpf.c))
bpf_objs	:= $(bpf_progs:%=$(O)/bpf/%.bpf.o)
skels		:= $(bpf_progs:%=$(O)/gen/user/dataplane/%.skel.h)

mains		:= user/daemon/main.c user/cli/main.c
lib_srcs	:= $(filter-out $(mains),$(wildcard user/*/*.c))
lib_objs	:= $(lib_srcs:%.c=$(O)/obj/%.o)

.PHONY: all bpf user demo test check check-vm fuzz bench install uninstall clean help setup format
all: bpf user
bpf: $(bpf_objs)
user: $(O)/xipsecd $(O)/xipsec

help:
	@echo 'make                  build/xipsecd, build/xipsec, build/bpf/*.bpf.o'
	@echo 'make demo             two gateways, an attacker, and what happens; needs only root on Debian 12 or 13'
	@echo 'make test             all tests; the same needs'
	@echo 'make check            tests without a VM, about two minutes'
	@echo 'make mutants          sources broken on purpose, and which test notices'
	@echo 'make check-vm         stories with real ESP in a VM; STORY=name for one, KERNEL=6.1 or 6.12'
	@echo 'make fuzz SECONDS=n   every fuzz harness for n seconds'
	@echo 'make bench            instructions and nanoseconds per packet, against named baselines'
	@echo 'make install          DESTDIR= PREFIX= SYSCONFDIR=; make uninstall takes it away'
	@echo 'make setup            installs what building and testing need (Debian 12, 13)'
	@echo 'make compile_commands.json, make format, make clean'
	@echo 'V=1 shows commands, SAN=1 builds with ASan and UBSan, WERROR=1, O=directory'

setup:
	$(Q)scripts/setup

# --- BPF -----------------------------------------------------------------------------------

$(O)/bpf/%.bpf.o: bpf/%.bpf.c
	@mkdir -p $(@D)
	@test -n "$(CLANG)" || { echo "clang is missing: apt-get install clang, or make setup" >&2; exit 1; }
	$(call say,BPF,$<)$(CLANG) $(bpf_cflags) -c $< -o $@

$(O)/gen/user/dataplane/%.skel.h: $(O)/bpf/%.bpf.o
	@mkdir -p $(@D)
	@command -v $(BPFTOOL) >/dev/null || { echo "bpftool is missing: apt-get install bpftool, or make setup" >&2; exit 1; }
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $*_bpf > $@.tmp && mv $@.tmp $@

# --- user space ----------------------------------------------------------------------------

$(O)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(all_cflags) -c $< -o $@

$(O)/obj/user/dataplane/mirror.o: $(O)/gen/user/dataplane/mirror.skel.h
$(O)/obj/user/dataplane/xdp.o: $(O)/gen/user/dataplane/outer.skel.h

$(O)/libxi.a: $(lib_objs)
	$(call say,AR,$@)rm -f $@ && ar rcs $@ $^

$(O)/xipsecd: $(O)/obj/user/daemon/main.o $(O)/libxi.a
	$(call say,LINK,$@)$(CC) $(all_ldflags) -o $@ $^ $(libs)

$(O)/xipsec: $(O)/obj/user/cli/main.o $(O)/libxi.a
	$(call say,LINK,$@)$(CC) $(all_ldflags) -o $@ $^ $(libs)

# --- tests ---------------------------------------------------------------------------------

include selftests/selftests.mk

# --- the rest ------------------------------------------------------------------------------

install: all
	install -v -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(UNITDIR)
	install -v -m 0755 $(O)/xipsecd $(DESTDIR)$(SBINDIR)/xipsecd
	install -v -m 0755 $(O)/xipsec $(DESTDIR)$(BINDIR)/xipsec
	install -v -m 0644 man/*.8 $(DESTDIR)$(MANDIR)/man8
	install -v -d $(DESTDIR)$(MANDIR)/man5
	install -v -m 0644 man/*.5 $(DESTDIR)$(MANDIR)/man5
	install -v -m 0644 debian/xipsecd.service $(DESTDIR)$(UNITDIR)/xipsecd.service
	install -v -d $(DESTDIR)$(SYSCONFDIR)/default
	install -v -d -m 0700 $(DESTDIR)$(SYSCONFDIR)/xipsec
	install -v -d $(DESTDIR)$(BASHDIR)
	install -v -m 0644 scripts/xipsec.bash-completion $(DESTDIR)$(BASHDIR)/xipsec
	test -e $(DESTDIR)$(SYSCONFDIR)/default/xipsecd || \
		install -v -m 0644 debian/xipsecd.default $(DESTDIR)$(SYSCONFDIR)/default/xipsecd

uninstall:
	rm -fv $(DESTDIR)$(SBINDIR)/xipsecd $(DESTDIR)$(BINDIR)/xipsec $(DESTDIR)$(UNITDIR)/xipsecd.service $(DESTDIR)$(BASHDIR)/xipsec
	rm -fv $(foreach m,$(wildcard man/*.8),$(DESTDIR)$(MANDIR)/man8/$(notdir $(m)))
	rm -fv $(foreach m,$(wildcard man/*.5),$(DESTDIR)$(MANDIR)/man5/$(notdir $(m)))

compile_commands.json:
	@mkdir -p $(O)
	$(call say,GEN,$@)$(MAKE) -Bnk all V=1 2>/dev/null | scripts/compile-commands > $(O)/$@.tmp && mv $(O)/$@.tmp $(O)/$@

format:
	clang-format -i $(shell git ls-files '*.c' '*.h')

clean:
	rm -rf $(filter-out $(O)/vm,$(wildcard $(O)/*))

-include $(shell find $(O) -name '*.d' 2>/dev/null)
