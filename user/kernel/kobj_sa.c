// SPDX-License-Identifier: Apache-2.0
/* SAs: XFRM_MSG_NEWSA, _DELSA, _GETSA. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "user/kernel/kobj_msg.h"
#include "user/kernel/xfrm_compat.h"

/* An ESN needs a window where the kernel does not know which way an SA goes: any. */
#define WINDOW_UNUSED	32

/* --- what is said --- */

/* struct xfrm_algo, or with a length of the ICV struct xfrm_algo_auth, _aead: one form. */
static int put_alg(struct nlmsghdr *nlh, uint16_t type, const char *name, const struct secret *key,
		   const uint16_t *icv_bits, struct err *e)
{
	size_t header = icv_bits ? sizeof(struct xfrm_algo_auth) : sizeof(struct xfrm_algo);
	struct {
		struct xfrm_algo_auth h;
		uint8_t key[SECRET_MAX];
	} a = {};

	_Static_assert(sizeof(struct xfrm_algo_auth) == sizeof(struct xfrm_algo_aead), "one form");
	_Static_assert(sizeof(a.h.alg_name) == 64, "as ours");
	if (key->len > SECRET_MAX)
		return err_set(e, -E2BIG, "a key of %zu bytes", key->len);
	memcpy(a.h.alg_name, name, strnlen(name, sizeof(a.h.alg_name) - 1));
	a.h.alg_key_len = (unsigned int)key->len * 8;
	if (icv_bits)
		a.h.alg_trunc_len = *icv_bits;
	memcpy((uint8_t *)&a + header, key->b, key->len);
	mnl_attr_put(nlh, type, header + key->len, &a);
	explicit_bzero(&a, sizeof(a));
	return 0;
}

static int put_algs(struct nlmsghdr *nlh, const struct kobj_sa *sa, struct err *e)
{
	int err = 0;

	if (sa->aead[0])
		return put_alg(nlh, XFRMA_ALG_AEAD, sa->aead, &sa->aead_key, &sa->icv_bits, e);
	if (sa->auth[0])
		err = put_alg(nlh, XFRMA_ALG_AUTH_TRUNC, sa->auth, &sa->auth_key, &sa->icv_bits, e);
	if (!err && sa->enc[0])
		err = put_alg(nlh, XFRMA_ALG_CRYPT, sa->enc, &sa->enc_key, NULL, e);
	return err;
}

/*
 * What came is known where the bitmaps have the same form. Else all numbers up to
 * the highest are taken for come: a late packet is lost, none is taken twice.
 */
static void mark_seen(struct xfrm_replay_state_esn *s, const struct sa_replay *from)
{
	size_t bytes = s->bmp_len * sizeof(s->bmp[0]);

	if (from->window == s->replay_window && from->words == s->bmp_len)
		memcpy(s->bmp, from->bmp, bytes);
	else
		memset(s->bmp, 0xff, bytes);
}

static int put_esn(struct nlmsghdr *nlh, const struct kobj_sa *sa, uint64_t oseq, uint32_t window,
		   const struct sa_replay *from, struct err *e)
{
	struct {
		struct xfrm_replay_state_esn s;
		uint32_t bmp[SA_REPLAY_WORDS];
	} r = {};

	if (window > XFRMA_REPLAY_ESN_MAX)
		return err_set(e, -ERANGE, "a window of %u numbers: the kernel has %u at most",
			       window, XFRMA_REPLAY_ESN_MAX);
	r.s.replay_window = window;
	r.s.bmp_len = (window + 31) / 32;
	r.s.oseq = (uint32_t)oseq;
	r.s.oseq_hi = (uint32_t)(oseq >> 32);
	if (sa->inbound && from) {
		r.s.seq = (uint32_t)from->seq;
		r.s.seq_hi = (uint32_t)(from->seq >> 32);
		if (from->seq)
			mark_seen(&r.s, from);
	}
	mnl_attr_put(nlh, XFRMA_REPLAY_ESN_VAL, sizeof(r.s) + r.s.bmp_len * sizeof(r.bmp[0]), &r);
	return 0;
}

/*
 * The old XFRMA_REPLAY_VAL has a window of 32 and no more; the new form serves
 * windows of any size. Since 6.10 an outbound SA must have none at all, while
 * before it ESN demanded one (xfrm_init_replay()).
 */
static int put_replay(struct nlmsghdr *nlh, const struct kobj_sa *sa, const struct kobj_world *w,
		      const struct sa_replay *from, struct err *e)
{
	struct xfrm_replay_state old = {};
	uint64_t oseq = sa->inbound ? 0 : sa->oseq;
	uint32_t window;

	if (from && !sa->inbound && from->oseq > oseq)
		oseq = from->oseq;
	if (oseq > UINT32_MAX && !sa->esn)
		oseq = UINT32_MAX;	/* used up: nothing is sent any more */
	if (sa->inbound)
		window = sa->window;
	else
		window = w->sa_dir || !sa->esn ? 0 : WINDOW_UNUSED;
	if (sa->esn || window)
		return put_esn(nlh, sa, oseq, window, from, e);
	if (oseq) {
		old.oseq = (uint32_t)oseq;
		mnl_attr_put(nlh, XFRMA_REPLAY_VAL, sizeof(old), &old);
	}
	return 0;
}

static uint64_t limit_to(uint64_t ours)
{
	return ours ? ours : XFRM_INF;
}

static void put_fixed(struct nlmsghdr *nlh, const struct kobj_sa *sa)
{
	struct xfrm_usersa_info p = {
		.id = { .spi = sa->key.spi, .proto = sa->key.proto },
		.family = sa->key.family,
		.mode = sa->mode,
		.reqid = sa->reqid,
		.lft = { .soft_byte_limit = limit_to(sa->soft_bytes),
			 .hard_byte_limit = limit_to(sa->hard_bytes),
			 .soft_packet_limit = XFRM_INF, .hard_packet_limit = XFRM_INF,
			 .soft_add_expires_seconds = sa->soft_seconds,
			 .hard_add_expires_seconds = sa->hard_seconds },
	};

	memcpy(&p.id.daddr, sa->key.daddr, sizeof(p.id.daddr));
	memcpy(&p.saddr, sa->saddr.b, sizeof(p.saddr));
	/* Packets of either family go into a tunnel; a transport has the one of its ends. */
	if (sa->mode == XFRM_MODE_TUNNEL)
		p.flags |= XFRM_STATE_AF_UNSPEC;
	if (sa->nopmtudisc && !sa->inbound)
		p.flags |= XFRM_STATE_NOPMTUDISC;
	if (sa->esn)
		p.flags |= XFRM_STATE_ESN;
	/* In a batch, messages are aligned to 4, and this has numbers of 8. */
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(p)), &p, sizeof(p));
}

static void put_rest(struct nlmsghdr *nlh, const struct kobj_sa *sa, const struct kobj_world *w)
{
	struct xfrm_encap_tmpl encap = {
		.encap_type = UDP_ENCAP_ESPINUDP,
		.encap_sport = htons(sa->encap_sport),
		.encap_dport = htons(sa->encap_dport),
	};

	if (sa->encap_sport || sa->encap_dport)
		mnl_attr_put(nlh, XFRMA_ENCAP, sizeof(encap), &encap);
	if (sa->if_id)
		mnl_attr_put_u32(nlh, XFRMA_IF_ID, sa->if_id);
	if (sa->out_mark) {
		mnl_attr_put_u32(nlh, XFRMA_SET_MARK, sa->out_mark);
		mnl_attr_put_u32(nlh, XFRMA_SET_MARK_MASK, XI_MARK_MASK);
	}
	if (w->sa_dir)
		mnl_attr_put_u8(nlh, XFRMA_SA_DIR,
				sa->inbound ? XFRM_SA_DIR_IN : XFRM_SA_DIR_OUT);
}

int kobj_sa_write_new(struct nlmsghdr *nlh, const struct kobj *o, const struct kobj_world *w,
		      const struct sa_replay *from, struct err *e)
{
	int err;

	nlh->nlmsg_type = XFRM_MSG_NEWSA;
	put_fixed(nlh, &o->sa);
	err = put_algs(nlh, &o->sa, e);
	if (!err)
		err = put_replay(nlh, &o->sa, w, from, e);
	if (!err)
		put_rest(nlh, &o->sa, w);
	return err;
}

/* There is no KOBJ_SET: XFRM_MSG_UPDSA changes neither keys nor window of an SA in use. */
static int sa_write(struct nlmsghdr *nlh, enum kobj_verb verb, const struct kobj *o,
		    const struct kobj_world *w, struct err *e)
{
	struct xfrm_usersa_id *id;

	if (verb == KOBJ_NEW)
		return kobj_sa_write_new(nlh, o, w, NULL, e);
	if (verb == KOBJ_SET)
		return err_set(e, -EOPNOTSUPP, "an SA is replaced, not changed");
	nlh->nlmsg_type = verb == KOBJ_DROP ? XFRM_MSG_DELSA : XFRM_MSG_GETSA;
	id = mnl_nlmsg_put_extra_header(nlh, sizeof(*id));
	memcpy(&id->daddr, o->sa.key.daddr, sizeof(id->daddr));
	id->spi = o->sa.key.spi;
	id->family = o->sa.key.family;
	id->proto = o->sa.key.proto;
	return 0;
}

/* --- what is heard --- */

static bool read_key(const struct nl_attr *a, bool has_icv, struct secret *key)
{
	size_t header = has_icv ? sizeof(struct xfrm_algo_auth) : sizeof(struct xfrm_algo);
	struct xfrm_algo_auth h = {};
	size_t bytes;

	if (!nl_attr_get(a, &h, header))
		return false;
	bytes = ((size_t)h.alg_key_len + 7) / 8;
	return bytes <= a->len - header && secret_set(key, a->data + header, bytes);
}

static bool sa_attr(const struct nl_attr *a, struct kobj_sa *sa)
{
	switch (a->type) {
	case XFRMA_ALG_CRYPT:
		return read_key(a, false, &sa->enc_key);
	case XFRMA_ALG_AUTH_TRUNC:
		return read_key(a, true, &sa->auth_key);
	case XFRMA_ALG_AEAD:
		return read_key(a, true, &sa->aead_key);
	case XFRMA_SET_MARK:
		return nl_attr_get(a, &sa->out_mark, sizeof(sa->out_mark));
	}
	return true;
}

static uint64_t limit_from(uint64_t kernels)
{
	return kernels == XFRM_INF ? 0 : kernels;
}

static void take(const struct sa_info *info, struct kobj_sa *sa)
{
	sa->key = info->key;
	sa->saddr = info->saddr;
	sa->mode = info->mode;
	sa->reqid = info->reqid;
	sa->if_id = info->if_id;
	sa->inbound = info->dir == SA_DIR_IN;
	sa->nopmtudisc = info->flags & XFRM_STATE_NOPMTUDISC;
	sa->esn = info->esn;
	sa->window = info->replay_window;
	sa->oseq = info->replay_oseq;
	memcpy(sa->enc, info->enc.name, sizeof(sa->enc));
	memcpy(sa->auth, info->auth.name, sizeof(sa->auth));
	memcpy(sa->aead, info->aead.name, sizeof(sa->aead));
	sa->icv_bits = info->aead.name[0] ? info->aead.icv_bits : info->auth.icv_bits;
	sa->encap_sport = info->encap_type ? info->encap_sport : 0;
	sa->encap_dport = info->encap_type ? info->encap_dport : 0;
	sa->soft_seconds = info->soft_add_expires;
	sa->hard_seconds = info->hard_add_expires;
	sa->soft_bytes = limit_from(info->soft_byte_limit);
	sa->hard_bytes = limit_from(info->hard_byte_limit);
}

static int read_all(const struct nlmsghdr *nlh, struct kobj_sa *sa)
{
	struct nl_attrs it;
	struct sa_info info;
	struct nl_attr a;
	int more, err = xfrm_msg_sa(nlh, &info);

	if (err)
		return err;
	take(&info, sa);
	it = nl_attrs_of(nlh, sizeof(struct xfrm_usersa_info));
	while ((more = nl_attr_next(&it, &a)) == 1)
		if (!sa_attr(&a, sa))
			return -EBADMSG;
	if (more)
		return more;
	/* One with a mark is found by other keys than ours. */
	if (info.mark_mask)
		return -EAFNOSUPPORT;
	return sa->reqid >> 24 == XI_ID_MAP ? 0 : -ENOENT;
}

static int sa_read(const struct nlmsghdr *nlh, const struct kobj_world *w, struct kobj *o)
{
	int err;

	if (nlh->nlmsg_type != XFRM_MSG_NEWSA)
		return -EAFNOSUPPORT;
	*o = (struct kobj){ .kind = KOBJ_SA };
	err = read_all(nlh, &o->sa);
	if (err && err != -ENOENT)
		explicit_bzero(&o->sa, sizeof(o->sa));
	return err;
}

const struct kobj_codec kobj_sa_codec = { .write = sa_write, .read = sa_read };

/* The bitmap of XFRMA_REPLAY_ESN_VAL, if it is one. */
static void read_bitmap(const struct nlmsghdr *nlh, struct sa_replay *at)
{
	struct nl_attrs it = nl_attrs_of(nlh, sizeof(struct xfrm_usersa_info));
	struct xfrm_replay_state_esn h;
	struct nl_attr a;

	while (nl_attr_next(&it, &a) == 1) {
		if (a.type != XFRMA_REPLAY_ESN_VAL || !nl_attr_get(&a, &h, sizeof(h)))
			continue;
		if (h.bmp_len > SA_REPLAY_WORDS ||
		    (a.len - sizeof(h)) / sizeof(h.bmp[0]) < h.bmp_len)
			continue;
		at->words = h.bmp_len;
		memcpy(at->bmp, a.data + sizeof(h), h.bmp_len * sizeof(h.bmp[0]));
	}
}

static bool replay_of(const struct nlmsghdr *nlh, const struct xi_sa_key *key,
			struct sa_replay *at)
{
	struct sa_info info;

	if (xfrm_msg_sa(nlh, &info) || info.key.spi != key->spi || info.key.proto != key->proto ||
	    info.key.family != key->family ||
	    memcmp(info.key.daddr, key->daddr, sizeof(key->daddr)))
		return false;
	*at = (struct sa_replay){ .oseq = info.replay_oseq, .seq = info.replay_top,
				  .window = info.replay_window };
	read_bitmap(nlh, at);
	return true;
}

/*
 * xfrm_notify_sa() of XFRM_MSG_DELSA: the id, then the SA as the attribute XFRMA_SA
 * and its other attributes beside that. Made into the form of XFRM_MSG_NEWSA, which
 * has a reader.
 */
static bool read_end(const struct nlmsghdr *nlh, const struct xi_sa_key *key, struct sa_replay *at)
{
	_Alignas(8) uint8_t buf[NL_BATCH_ROOM * 2] = {};
	struct nl_attrs it = nl_attrs_of(nlh, sizeof(struct xfrm_usersa_id)), rest = it;
	struct nlmsghdr *as_new = mnl_nlmsg_put_header(buf);
	struct xfrm_usersa_info *p = mnl_nlmsg_put_extra_header(as_new, sizeof(*p));
	struct nl_attr a;
	bool found = false;

	if (rest.left > sizeof(buf) - as_new->nlmsg_len)
		return false;
	while (!found && nl_attr_next(&it, &a) == 1)
		found = a.type == XFRMA_SA && nl_attr_get(&a, p, sizeof(*p));
	if (found) {
		memcpy(buf + as_new->nlmsg_len, rest.p, rest.left);
		as_new->nlmsg_len += (uint32_t)rest.left;
		found = replay_of(as_new, key, at);
		explicit_bzero(buf, sizeof(buf));
	}
	return found;
}

bool kobj_sa_read_replay(const struct nlmsghdr *nlh, const struct xi_sa_key *key,
			 struct sa_replay *at)
{
	if (nlh->nlmsg_type == XFRM_MSG_NEWSA)
		return replay_of(nlh, key, at);
	return nlh->nlmsg_type == XFRM_MSG_DELSA && read_end(nlh, key, at);
}
