// SPDX-License-Identifier: Apache-2.0
#include "fake.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t fake_wall(void *ctx)
{
	return FAKE_WALL_NS;
}

static uint64_t fake_mono(void *ctx)
{
	return FAKE_MONO_NS;
}

static int fake_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	memset(buf, 4, len);
	return 0;
}

static const struct env fake_env = { .mono_ns = fake_mono, .wall_ns = fake_wall, .random = fake_random };

static struct addr fake_addr(const char *text)
{
	struct addr a = {};

	if (text)
		addr_parse(text, &a);
	return a;
}

void fake_init(struct fake *f)
{
	memset(f, 0, sizeof(*f));
	f->bpf.maps = BPF_MAPS_NONE;
	f->bpf.variant = BPF_VARIANT_MIRROR;
	f->bpf.why = "";
	f->bpf.attached = true;
	f->sad.local = fake_addr("192.0.2.1");
	f->sad.ifindex = 1;
	f->gw.env = &fake_env;
	f->gw.guard = (struct guard){
		.env = &fake_env,
		.bpf = &f->bpf,
		.xfrm = &f->xfrm,
		.sad = &f->sad,
		.ifs = { { .name = "lo", .ifindex = 1, .hook = BPF_HOOK_PLAIN, .native = true } },
		.nifs = 1,
		.started_ns = FAKE_WALL_NS - 61000000000ULL,
	};
}

static int map_make(enum bpf_map_type type, const char *name, size_t key, size_t value, __u32 max)
{
	return bpf_map_create(type, name, (__u32)key, (__u32)value, max, NULL);
}

static bool slots_make(struct xi_slots *t)
{
	void *base = mmap(NULL, FAKE_SLOTS * sizeof(struct xi_window), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (base == MAP_FAILED)
		return false;
	t->base = base;
	t->mask = FAKE_SLOTS - 1;
	return true;
}

bool fake_maps_open(struct fake *f)
{
	struct bpf_maps *m = &f->bpf.maps;

	m->reason = map_make(BPF_MAP_TYPE_PERCPU_ARRAY, XI_MAP_REASON, sizeof(__u32),
				sizeof(struct xi_reason_stat), XI_R_MAX);
	m->source = map_make(BPF_MAP_TYPE_LRU_HASH, XI_MAP_SOURCE, sizeof(struct xi_source_key),
				sizeof(struct xi_source), XI_MAX_SOURCE);
	m->config = map_make(BPF_MAP_TYPE_ARRAY, XI_MAP_CONFIG, sizeof(__u32),
				sizeof(struct xi_config), 1);
	return slots_make(&m->windows) && m->reason >= 0 && m->source >= 0 && m->config >= 0;
}

void fake_maps_close(struct fake *f)
{
	int fds[] = { f->bpf.maps.reason, f->bpf.maps.source, f->bpf.maps.config };
	size_t i;

	windows_unmap(&f->bpf.maps.windows);
	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

struct xi_window *fake_slot(struct fake *f, const struct xi_sa_key *key)
{
	int fresh;

	return xi_slot_add(&f->bpf.maps.windows, key, 64, 0, 0, &fresh);
}

struct sa_info fake_sa(const char *src, const char *dst, uint32_t spi, uint32_t reqid)
{
	struct addr d = fake_addr(dst);
	struct sa_info sa = {
		.key = { .spi = htonl(spi), .proto = IPPROTO_ESP, .family = d.family },
		.saddr = fake_addr(src),
		.sel.saddr.family = d.family,
		.sel.daddr.family = d.family,
		.reqid = reqid,
		.mode = XFRM_MODE_TUNNEL,
		.replay_window = 64,
		.enc = { .name = "cbc(aes)", .key_bits = 256 },
		.auth = { .name = "hmac(sha256)", .key_bits = 256, .icv_bits = 128 },
		.add_time = FAKE_WALL_NS / 1000000000 - 5,
		.soft_byte_limit = XFRM_INF, .hard_byte_limit = XFRM_INF,
		.soft_packet_limit = XFRM_INF, .hard_packet_limit = XFRM_INF,
	};

	memcpy(sa.key.daddr, d.b, sizeof(sa.key.daddr));
	return sa;
}

struct policy_info fake_policy(uint8_t dir, const char *src, uint8_t splen, const char *dst,
			       uint8_t dplen)
{
	static uint32_t index;

	return (struct policy_info){
		.sel = { .saddr = fake_addr(src), .daddr = fake_addr(dst), .splen = splen, .dplen = dplen },
		.index = ++index, .dir = dir, .action = XFRM_POLICY_ALLOW,
	};
}

void fake_template(struct policy_info *p, uint8_t proto, uint32_t reqid, const char *src,
		   const char *dst)
{
	unsigned int t = p->ntmpl++;

	p->tmpl[t].saddr = fake_addr(src);
	p->tmpl[t].daddr = fake_addr(dst);
	p->tmpl[t].reqid = reqid;
	p->tmpl[t].proto = proto;
	p->tmpl[t].mode = dst ? XFRM_MODE_TUNNEL : XFRM_MODE_TRANSPORT;
}

/* What the answers call. */

const struct bpf_maps *bpf_maps(const struct bpf *b)
{
	return &b->maps;
}

enum bpf_variant bpf_variant(const struct bpf *b)
{
	return b->variant;
}

const char *bpf_variant_why(const struct bpf *b)
{
	return b->why;
}

bool bpf_adopted(const struct bpf *b)
{
	return b->adopted;
}

bool bpf_has_kfunc(const struct bpf *b)
{
	return true;
}

bool bpf_is_attached(struct bpf *b, const struct bpf_if *i)
{
	return b->attached;
}

void sad_stats(const struct sad *s, struct sad_stats *out)
{
	*out = s->stats;
}

bool sad_wants_sync(const struct sad *s)
{
	return false;
}

bool sad_is_inbound(const struct sad *s, const struct sa_info *sa)
{
	return !memcmp(sa->key.daddr, s->local.b, sizeof(s->local.b));
}

int sad_addr_ifindex(const struct sad *s, const struct addr *a)
{
	return addr_equal(a, &s->local) ? s->ifindex : 0;
}

uint32_t sad_conn_id(const struct sad *s, const struct xi_sa_key *key)
{
	return ntohl(key->spi) & 0xffff;
}

int xfrm_nl_dump_sa(struct xfrm_nl *nl, int (*each)(void *ctx, const struct sa_info *sa),
		    void *ctx, struct err *e)
{
	size_t i;
	int ret = 0;

	if (nl->fails)
		return err_set(e, nl->fails, "the kernel's SAD cannot be read");
	for (i = 0; i < nl->nsas && !ret; i++)
		ret = each(ctx, &nl->sas[i]);
	return ret;
}

int xfrm_nl_dump_policy(struct xfrm_nl *nl, int (*each)(void *ctx, const struct policy_info *p),
			void *ctx, struct err *e)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < nl->npols && !ret; i++)
		ret = each(ctx, &nl->pols[i]);
	return ret;
}

/* --- the gateway itself ------------------------------------------------------------------- */

struct fake_gateway fake_gateway;

void fake_configure(struct fake *f, const char *text)
{
	struct diags d = {};
	struct load l;

	f->gw.configured = true;
	f->gw.running = calloc(1, sizeof(*f->gw.running));
	if (!f->gw.running || tree_init(f->gw.running))
		abort();
	load_init(&l, grammar_get(NULL), f->gw.running, &d);
	load_text(&l, text, strlen(text));
	load_fini(&l);
	if (d.count[DIAG_ERROR])
		diag_print(&d, "fake", stderr);
	if (d.count[DIAG_ERROR])
		abort();
	diag_fini(&d);
}

void fake_unconfigure(struct fake *f)
{
	tree_fini(f->gw.running);
	free(f->gw.running);
	f->gw.running = NULL;
	f->gw.configured = false;
}

int gateway_apply(struct gateway *gw, struct err *e)
{
	(void)gw;
	fake_gateway.applied++;
	return fake_gateway.apply_fails ? err_set(e, fake_gateway.apply_fails, "no kernel today") : 0;
}

int gateway_reapply(struct gateway *gw, struct err *e)
{
	return gateway_apply(gw, e);
}

void gateway_keep_number(struct gateway *gw, const struct xi_sa_key *key, uint64_t oseq)
{
	(void)gw;
	fake_gateway.kept_key = *key;
	fake_gateway.kept_oseq = oseq;
	fake_gateway.kept++;
}

int gateway_reload(struct gateway *gw, const char *path, struct diags *d, struct err *e)
{
	(void)gw;
	*d = (struct diags){};
	return err_set(e, -ENOENT, "%s: cannot open: none here", path ? path : "startup");
}

int gateway_save(struct gateway *gw, struct err *e)
{
	(void)gw;
	(void)e;
	return 0;
}

void gateway_each_failure(const struct gateway *gw,
			  void (*each)(void *ctx, const char *owner, const char *why), void *ctx)
{
	(void)gw;
	if (fake_gateway.failed_owner)
		each(ctx, fake_gateway.failed_owner, fake_gateway.failed_why);
}

/* As the real one with a table of one line. */
const char *gateway_device(const struct gateway *gw, const char *name)
{
	(void)gw;
	if (!strcmp(name, "FastEthernet0/0"))
		return "eth0";
	return name[0] >= 'A' && name[0] <= 'Z' ? NULL : name;
}

const char *gateway_ios_name(const struct gateway *gw, const char *device, char buf[static 48])
{
	(void)gw;
	snprintf(buf, 48, "%s", strcmp(device, "eth0") ? device : "FastEthernet0/0");
	return buf;
}
