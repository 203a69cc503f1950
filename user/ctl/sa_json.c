/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <string.h>

#include "user/ctl/answer.h"
#include "user/ctl/show_sa.h"
#include "user/ctl/transform.h"

void sa_counts_get(const struct bpf_maps *maps, const struct sa_info *sa, struct sa_counts *out)
{
	const struct xi_window *w = xi_slot_find(&maps->windows, &sa->key);

	sa_base_counts(sa, w ? &w->drop : NULL, out);
}

uint64_t sa_counts_replay(const struct sa_counts *c)
{
	return c->xdp_duplicate + c->xdp_too_old + c->xdp_seq_zero + c->replay + c->replay_window;
}

static const char *mode_name(uint8_t mode)
{
	switch (mode) {
	case XFRM_MODE_TUNNEL:
		return "tunnel";
	case XFRM_MODE_TRANSPORT:
		return "transport";
	case XFRM_MODE_BEET:
		return "beet";
	default:
		return "other";
	}
}

static json_t *transform_json(const struct transform *t)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < t->n; i++)
		json_array_append_new(list, answer_text(t->name[i]));
	return list;
}

static json_t *alg_json(const char *leaf, const struct sa_alg *a)
{
	if (!a->name[0])
		return json_null();
	return json_pack("{s:o, s:i, s:i}", leaf, answer_text(a->name), "key-bits", a->key_bits,
			 "icv-bits", a->icv_bits);
}

static json_t *encap_json(const struct sa_info *sa)
{
	if (!sa->encap_type)
		return json_null();
	return json_pack("{s:s, s:i, s:i}", "espencap", "espinudp", "sport", sa->encap_sport,
			 "dport", sa->encap_dport);
}

static json_t *limit_json(uint64_t limit)
{
	return limit == XFRM_INF ? json_null() : json_integer(answer_int(limit));
}

static json_t *lifetime_json(uint64_t bytes, uint64_t packets, uint64_t seconds)
{
	return json_pack("{s:o, s:o, s:o}", "bytes", limit_json(bytes), "packets",
			 limit_json(packets), "time",
			 seconds ? json_integer(answer_int(seconds)) : json_null());
}

static json_t *left_json(uint64_t limit, uint64_t used, uint64_t unit)
{
	return json_integer(limit > used ? answer_int((limit - used) / unit) : 0);
}

/* null: no limit. */
json_t *sa_remaining_json(const struct env *env, const struct sa_info *sa)
{
	uint64_t now = env_wall_ns(env) / 1000000000;
	uint64_t age = now > sa->add_time ? now - sa->add_time : 0;

	return json_pack("{s:o, s:o}", "kilobytes",
			 sa->hard_byte_limit == XFRM_INF ? json_null() :
				left_json(sa->hard_byte_limit, sa->bytes, 1024),
			 "seconds", sa->hard_add_expires ?
				left_json(sa->hard_add_expires, age, 1) : json_null());
}

/*
 * The window as far as it is known: ours once it has started (it holds what
 * the kernel has authenticated, without asking), else the kernel's.
 */
static json_t *window_json(const struct sa_info *sa, const struct xi_window *w)
{
	bool ours = w && w->epoch && !(w->flags & XI_WIN_SHARED);
	uint64_t top = ours ? w->top : sa->replay_top;
	uint32_t size = ours ? w->size : sa->replay_window;

	return json_pack("{s:I, s:I, s:I, s:s}", "w", (json_int_t)size, "t", answer_int(top),
			 "b", top >= size ? answer_int(top - size + 1) : 1,
			 "source", ours ? "xdp" : "kernel");
}

static json_t *replay_json(const struct guard *g, const struct flow_sa *s,
			   const struct xi_window *w)
{
	const struct bpf_maps maps = maps_of(g);
	const struct xi_sa_drop *drop = w ? &w->drop : NULL;
	struct sa_counts c;

	sa_counts_get(&maps, s->sa, &c);
	return json_pack("{s:o, s:I, s:I, s:I, s:{s:I, s:I, s:I, s:o, s:o}, s:{s:I, s:I}}",
		"replay-window", s->inbound ? window_json(s->sa, w) : json_null(),
		"packet-dropped", answer_int(sa_counts_replay(&c)),
		"failed", answer_int(c.xdp_too_old + c.replay_window),
		"seq-number-counter",
		answer_int(s->inbound ? s->sa->replay_top : s->sa->replay_oseq),
		"xdp", "duplicate", answer_int(c.xdp_duplicate),
		"too-old", answer_int(c.xdp_too_old), "sequence-zero", answer_int(c.xdp_seq_zero),
		"last-rejected", drop && drop->last_ns ? json_integer(drop->last_seq) : json_null(),
		"last-rejected-age-ms", answer_age(g->env, drop ? drop->last_ns : 0),
		"kernel", "duplicate", answer_int(c.replay),
		"too-old", answer_int(c.replay_window));
}

/* R-SHOW-3. An element in the map is what puts an SA on the fast path. */
static const char *engine_name(const struct guard *g, const struct flow_sa *s,
			       const struct xi_window *w)
{
	if (s->sa->offload_packet)
		return "Hardware";
	return w && g->bpf && bpf_variant(g->bpf) != BPF_VARIANT_NONE ? "XDP" : "Software";
}

static json_int_t conn_id(const struct guard *g, const struct flow_sa *s)
{
	return g->sad && s ? sad_conn_id(g->sad, &s->sa->key) : 0;
}

/* Equal for the AH and ESP SA of one direction: the ESP one's connection id. */
static json_int_t flow_id(const struct guard *g, const struct flow *f, const struct flow_sa *s)
{
	const struct flow_sa *esp = flow_bundle_mate(f, s, IPPROTO_ESP);

	return conn_id(g, esp ? esp : s);
}

static json_t *config_json(const struct sa_info *sa, const struct transform *t)
{
	uint32_t spi = ntohl(sa->key.spi);

	return json_pack("{s:I, s:o, s:s, s:s, s:b, s:I, s:o, s:o, s:o, s:o, s:o}",
			 "spi", (json_int_t)spi, "spi-hex", answer_spi(spi),
			 "protocol-parameters", answer_proto(sa->key.proto),
			 "mode", mode_name(sa->mode), "ext-seq-num", sa->esn,
			 "anti-replay-window-size", (json_int_t)sa->replay_window,
			 "encryption", alg_json("encryption-algorithm",
						sa->aead.name[0] ? &sa->aead : &sa->enc),
			 "integrity", alg_json("integrity-algorithm", &sa->auth),
			 "encapsulation-type", encap_json(sa), "transform", transform_json(t),
			 "iv-bytes", t->iv_bytes < 0 ? json_null() : json_integer(t->iv_bytes));
}

static json_t *state_json(const struct guard *g, const struct flow *f, const struct flow_sa *s,
			  const struct xi_window *w)
{
	const struct bpf_maps maps = maps_of(g);
	const struct sa_info *sa = s->sa;
	struct sa_counts counts;

	sa_counts_get(&maps, sa, &counts);
	return json_pack("{s:I, s:I, s:s, s:I, s:{s:I, s:I, s:I, s:I}, s:o, s:o, s:o, s:o, s:I}",
			 "conn-id", conn_id(g, s), "flow-id", flow_id(g, f, s),
			 "crypto-engine-type", engine_name(g, s, w),
			 "reqid", (json_int_t)sa->reqid,
			 "sa-lifetime-current", "bytes", answer_int(sa->bytes),
			 "packets", answer_int(sa->packets), "added", answer_int(sa->add_time),
			 "used", answer_int(sa->use_time),
			 "sa-lifetime-soft", lifetime_json(sa->soft_byte_limit,
				sa->soft_packet_limit, sa->soft_add_expires),
			 "sa-lifetime-hard", lifetime_json(sa->hard_byte_limit,
				sa->hard_packet_limit, sa->hard_add_expires),
			 "remaining", sa_remaining_json(g->env, sa),
			 "replay-stats", replay_json(g, s, w),
			 "integrity-failed", answer_int(counts.integrity));
}

json_t *sa_json(const struct guard *g, const struct flow *f, const struct flow_sa *s)
{
	const struct bpf_maps maps = maps_of(g);
	const struct xi_window *w = s->inbound ? xi_slot_find(&maps.windows, &s->sa->key) : NULL;
	struct transform t;
	json_t *o, *state;

	transform_of_sa(s->sa, &t);
	o = config_json(s->sa, &t);
	state = state_json(g, f, s, w);
	json_object_update(o, state);
	json_decref(state);
	return o;
}
