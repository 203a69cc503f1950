// SPDX-License-Identifier: Apache-2.0
#include "user/kernel/xfrm_msg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "user/kernel/nl.h"
#include "user/kernel/xfrm_compat.h"

/* The bits that struct xfrm_replay_state has: xfrm_replay_check_legacy() counts no more. */
#define LEGACY_WINDOW_MAX	32

/* An SA while its attributes are read: the three forms of a window meet at the end. */
struct sa_reader {
	struct sa_info *sa;
	bool	has_legacy, has_esn;
	bool	has_trunc;		/* XFRMA_ALG_AUTH_TRUNC said more than XFRMA_ALG_AUTH can */
	struct xfrm_replay_state legacy;
	struct xfrm_replay_state_esn esn;	/* its header only */
};

static struct addr addr_of(uint16_t family, const xfrm_address_t *a)
{
	return addr_make(family == AF_INET || family == AF_INET6 ? (uint8_t)family : 0, a);
}

static uint8_t prefix_of(const struct addr *a, uint8_t len)
{
	uint8_t max = a->family == AF_INET ? 32 : a->family == AF_INET6 ? 128 : 0;

	/* af_key.c takes any number; nothing but a line of a show command depends on it. */
	return len < max ? len : max;
}

/* family 0 (XFRM_STATE_AF_UNSPEC): any address of any family. */
static struct sa_selector selector_of(const struct xfrm_selector *s)
{
	struct sa_selector sel = {
		.saddr = addr_of(s->family, &s->saddr),
		.daddr = addr_of(s->family, &s->daddr),
		.proto = s->proto,
		.sport = ntohs(s->sport & s->sport_mask),
		.dport = ntohs(s->dport & s->dport_mask),
	};

	sel.splen = prefix_of(&sel.saddr, s->prefixlen_s);
	sel.dplen = prefix_of(&sel.daddr, s->prefixlen_d);
	return sel;
}

/* What xfrm_key_read() of bpf/lib/xfrm.h makes of the same SA. */
static int key_of(uint16_t family, const xfrm_address_t *daddr, uint32_t spi, uint8_t proto,
		  struct xi_sa_key *key)
{
	struct addr a = addr_of(family, daddr);

	/* verify_newsa_info() knows no other families. */
	if (!a.family)
		return -EBADMSG;
	*key = (struct xi_sa_key){ .spi = spi, .proto = proto, .family = a.family };
	memcpy(key->daddr, a.b, sizeof(key->daddr));
	return 0;
}

/*
 * Name and lengths of an algorithm. The key that follows is measured, not read.
 * XFRMA_ALG_AUTH_TRUNC and _AEAD have one more number before the key.
 */
static int alg_get(const struct nl_attr *a, bool has_icv, struct sa_alg *alg)
{
	size_t header = has_icv ? sizeof(struct xfrm_algo_auth) : sizeof(struct xfrm_algo);
	struct xfrm_algo_auth h = {};

	_Static_assert(sizeof(struct xfrm_algo_auth) == sizeof(struct xfrm_algo_aead), "one form");
	if (!nl_attr_get(a, &h, header) || !memchr(h.alg_name, '\0', sizeof(h.alg_name)))
		return -EBADMSG;
	if (h.alg_key_len > UINT16_MAX || h.alg_trunc_len > UINT16_MAX ||
	    a->len - header < (h.alg_key_len + 7) / 8)
		return -EBADMSG;
	memset(alg, 0, sizeof(*alg));
	strcpy(alg->name, h.alg_name);
	alg->key_bits = (uint16_t)h.alg_key_len;
	alg->icv_bits = has_icv ? (uint16_t)h.alg_trunc_len : 0;
	return 0;
}

static int read_auth(const struct nl_attr *a, struct sa_reader *r)
{
	struct sa_alg alg;
	int err = alg_get(a, false, &alg);

	/* copy_to_user_auth() sends both forms; this one is for programs of before 2009. */
	if (!err && !r->has_trunc)
		r->sa->auth = alg;
	return err;
}

static int read_auth_trunc(const struct nl_attr *a, struct sa_reader *r)
{
	r->has_trunc = true;
	return alg_get(a, true, &r->sa->auth);
}

static int read_crypt(const struct nl_attr *a, struct sa_reader *r)
{
	return alg_get(a, false, &r->sa->enc);
}

static int read_comp(const struct nl_attr *a, struct sa_reader *r)
{
	return alg_get(a, false, &r->sa->comp);
}

static int read_aead(const struct nl_attr *a, struct sa_reader *r)
{
	return alg_get(a, true, &r->sa->aead);
}

static int read_encap(const struct nl_attr *a, struct sa_reader *r)
{
	struct xfrm_encap_tmpl t;

	if (!nl_attr_get(a, &t, sizeof(t)))
		return -EBADMSG;
	r->sa->encap_type = t.encap_type;
	r->sa->encap_sport = ntohs(t.encap_sport);
	r->sa->encap_dport = ntohs(t.encap_dport);
	return 0;
}

static int read_mark(const struct nl_attr *a, struct sa_reader *r)
{
	struct xfrm_mark m;

	if (!nl_attr_get(a, &m, sizeof(m)))
		return -EBADMSG;
	r->sa->mark = m.v;
	r->sa->mark_mask = m.m;
	return 0;
}

static int read_if_id(const struct nl_attr *a, struct sa_reader *r)
{
	return nl_attr_get(a, &r->sa->if_id, sizeof(r->sa->if_id)) ? 0 : -EBADMSG;
}

static int read_offload(const struct nl_attr *a, struct sa_reader *r)
{
	struct xfrm_user_offload o;

	if (!nl_attr_get(a, &o, sizeof(o)))
		return -EBADMSG;
	r->sa->offload_packet = o.flags & XFRM_OFFLOAD_PACKET;
	return 0;
}

static int read_dir(const struct nl_attr *a, struct sa_reader *r)
{
	uint8_t dir;

	if (!nl_attr_get(a, &dir, sizeof(dir)))
		return -EBADMSG;
	r->sa->dir = dir == XFRM_SA_DIR_IN ? SA_DIR_IN :
		     dir == XFRM_SA_DIR_OUT ? SA_DIR_OUT : SA_DIR_UNKNOWN;
	return 0;
}

static int read_replay(const struct nl_attr *a, struct sa_reader *r)
{
	r->has_legacy = true;
	return nl_attr_get(a, &r->legacy, sizeof(r->legacy)) ? 0 : -EBADMSG;
}

static int read_replay_esn(const struct nl_attr *a, struct sa_reader *r)
{
	struct xfrm_replay_state_esn *h = &r->esn;
	size_t words;

	r->has_esn = true;
	if (!nl_attr_get(a, h, sizeof(*h)))
		return -EBADMSG;
	/* The bitmap is as long as it says, and holds the window: xfrm_init_replay(). */
	words = (a->len - sizeof(*h)) / sizeof(h->bmp[0]);
	if (h->bmp_len > words || h->replay_window > (uint64_t)h->bmp_len * 32)
		return -EBADMSG;
	return 0;
}

/* Attributes that are not here (security contexts, newer ones) are passed over. */
static const struct {
	uint16_t type;
	int	 (*read)(const struct nl_attr *a, struct sa_reader *r);
} sa_attrs[] = {
	{ XFRMA_ALG_AUTH,	read_auth },
	{ XFRMA_ALG_AUTH_TRUNC,	read_auth_trunc },
	{ XFRMA_ALG_CRYPT,	read_crypt },
	{ XFRMA_ALG_COMP,	read_comp },
	{ XFRMA_ALG_AEAD,	read_aead },
	{ XFRMA_ENCAP,		read_encap },
	{ XFRMA_MARK,		read_mark },
	{ XFRMA_IF_ID,		read_if_id },
	{ XFRMA_OFFLOAD_DEV,	read_offload },
	{ XFRMA_SA_DIR,		read_dir },
	{ XFRMA_REPLAY_VAL,	read_replay },
	{ XFRMA_REPLAY_ESN_VAL,	read_replay_esn },
};

static int read_sa_attr(const struct nl_attr *a, struct sa_reader *r)
{
	size_t i;

	for (i = 0; i < sizeof(sa_attrs) / sizeof(sa_attrs[0]); i++)
		if (sa_attrs[i].type == a->type)
			return sa_attrs[i].read(a, r);
	return 0;
}

static int read_sa_fixed(const struct xfrm_usersa_info *p, struct sa_info *sa)
{
	sa->saddr = addr_of(p->family, &p->saddr);
	sa->sel = selector_of(&p->sel);
	sa->reqid = p->reqid;
	sa->mode = p->mode;
	sa->flags = p->flags;
	sa->bytes = p->curlft.bytes;
	sa->packets = p->curlft.packets;
	sa->add_time = p->curlft.add_time;
	sa->use_time = p->curlft.use_time;
	sa->soft_byte_limit = p->lft.soft_byte_limit;
	sa->hard_byte_limit = p->lft.hard_byte_limit;
	sa->soft_packet_limit = p->lft.soft_packet_limit;
	sa->hard_packet_limit = p->lft.hard_packet_limit;
	sa->soft_add_expires = p->lft.soft_add_expires_seconds;
	sa->hard_add_expires = p->lft.hard_add_expires_seconds;
	sa->stat_replay_window = p->stats.replay_window;
	sa->stat_replay = p->stats.replay;
	sa->stat_integrity_failed = p->stats.integrity_failed;
	return key_of(p->family, &p->id.daddr, p->id.spi, p->id.proto, &sa->key);
}

/*
 * The three modes of xfrm_init_replay(): with XFRMA_REPLAY_ESN_VAL the numbers
 * have 64 bits if the flag says so (ESN) and 32 if not (BMP); without it there
 * are a window of 32 at most and XFRMA_REPLAY_VAL (LEGACY).
 */
static void set_window(const struct sa_reader *r, uint8_t legacy_window)
{
	struct sa_info *sa = r->sa;

	if (!r->has_esn) {
		sa->replay_window = legacy_window < LEGACY_WINDOW_MAX ? legacy_window :
									LEGACY_WINDOW_MAX;
		sa->replay_top = r->legacy.seq;
		sa->replay_oseq = r->legacy.oseq;
		return;
	}
	sa->replay_window = r->esn.replay_window;
	sa->replay_top = r->esn.seq;
	sa->replay_oseq = r->esn.oseq;
	sa->esn = sa->flags & XFRM_STATE_ESN;
	if (sa->esn) {
		sa->replay_top |= (uint64_t)r->esn.seq_hi << 32;
		sa->replay_oseq |= (uint64_t)r->esn.oseq_hi << 32;
	}
}

int xfrm_msg_sa(const struct nlmsghdr *nlh, struct sa_info *sa)
{
	struct sa_reader r = { .sa = sa };
	struct xfrm_usersa_info p;
	struct nl_attrs it;
	struct nl_attr a;
	int more, err;

	if (!nl_get_header(nlh, &p, sizeof(p)))
		return -EBADMSG;
	memset(sa, 0, sizeof(*sa));
	err = read_sa_fixed(&p, sa);
	if (err)
		return err;
	it = nl_attrs_of(nlh, sizeof(p));
	while ((more = nl_attr_next(&it, &a)) == 1) {
		err = read_sa_attr(&a, &r);
		if (err)
			return err;
	}
	if (more)
		return more;
	set_window(&r, p.replay_window);
	return 0;
}

/* xfrm_notify_sa() sends the id first and the whole SA as an attribute, build_expire() the SA. */
int xfrm_msg_sa_gone(const struct nlmsghdr *nlh, struct xi_sa_key *key, bool *hard)
{
	struct xfrm_user_expire expire;
	struct xfrm_usersa_id id;

	if (nlh->nlmsg_type == XFRM_MSG_EXPIRE) {
		if (!nl_get_header(nlh, &expire, sizeof(expire)))
			return -EBADMSG;
		*hard = expire.hard;
		return key_of(expire.state.family, &expire.state.id.daddr, expire.state.id.spi,
			      expire.state.id.proto, key);
	}
	if (!nl_get_header(nlh, &id, sizeof(id)))
		return -EBADMSG;
	*hard = true;
	return key_of(id.family, &id.daddr, id.spi, id.proto, key);
}

/* An array of templates without a count: its length must come out even. */
static int read_templates(const struct nl_attr *a, struct policy_info *pol)
{
	const unsigned int max = sizeof(pol->tmpl) / sizeof(pol->tmpl[0]);
	struct xfrm_user_tmpl t;
	unsigned int i;

	if (a->len % sizeof(t))
		return -EBADMSG;
	pol->ntmpl = a->len / sizeof(t);
	if (pol->ntmpl > max)
		pol->ntmpl = max;
	for (i = 0; i < pol->ntmpl; i++) {
		memcpy(&t, a->data + i * sizeof(t), sizeof(t));
		pol->tmpl[i].saddr = addr_of(t.family, &t.saddr);
		pol->tmpl[i].daddr = addr_of(t.family, &t.id.daddr);
		pol->tmpl[i].spi = ntohl(t.id.spi);
		pol->tmpl[i].reqid = t.reqid;
		pol->tmpl[i].proto = t.id.proto;
		pol->tmpl[i].mode = t.mode;
	}
	return 0;
}

static int read_policy_attr(const struct nl_attr *a, struct policy_info *pol)
{
	if (a->type == XFRMA_TMPL)
		return read_templates(a, pol);
	if (a->type == XFRMA_IF_ID)
		return nl_attr_get(a, &pol->if_id, sizeof(pol->if_id)) ? 0 : -EBADMSG;
	return 0;
}

int xfrm_msg_policy(const struct nlmsghdr *nlh, struct policy_info *pol)
{
	struct xfrm_userpolicy_info p;
	struct nl_attrs it;
	struct nl_attr a;
	int more, err;

	if (!nl_get_header(nlh, &p, sizeof(p)))
		return -EBADMSG;
	*pol = (struct policy_info){
		.sel = selector_of(&p.sel),
		.index = p.index,
		.priority = p.priority,
		.dir = p.dir,
		.action = p.action,
	};
	it = nl_attrs_of(nlh, sizeof(p));
	while ((more = nl_attr_next(&it, &a)) == 1) {
		err = read_policy_attr(&a, pol);
		if (err)
			return err;
	}
	return more;
}
