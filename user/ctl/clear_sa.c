// SPDX-License-Identifier: Apache-2.0
/*
 * `clear crypto sa` (R-SHOW-4): SAs of ours are deleted; those with keys by hand
 * are set up again at once. What another daemon keyed is its own business.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/ctl/answer.h"
#include "user/ctl/show_sa.h"
#include "user/kernel/kobj_nl.h"
#include "user/lib/log.h"

/* What the command names; all NULL: everything. */
struct clear_choice {
	const char	*map, *peer;
	bool		one;		/* the key below */
	struct xi_sa_key key;
};

static int clear_read_spi(const char *text, uint32_t *spi, struct err *e)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, strncasecmp(text, "0x", 2) ? 10 : 16);
	if (errno || *end || end == text || *text == '-' || !n || n > UINT32_MAX)
		return err_set(e, -EINVAL, "\"%s\" is not an SPI (decimal, or 0x and hexadecimal)",
			       text);
	*spi = (uint32_t)n;
	return 0;
}

static int clear_read_key(const struct command *c, struct clear_choice *k, struct err *e)
{
	const char *proto = command_arg(c, "protocol");
	struct addr dest = {};
	uint32_t spi = 0;
	int ret = clear_read_spi(command_arg(c, "spi"), &spi, e);

	if (ret)
		return ret;
	if (strcmp(proto, "esp") && strcmp(proto, "ahp"))
		return err_set(e, -EINVAL, "protocol %s has no SAs: ah or esp", proto);
	addr_parse(command_arg(c, "destination"), &dest);
	k->one = true;
	k->key = (struct xi_sa_key){ .spi = htonl(spi), .family = dest.family,
				     .proto = strcmp(proto, "esp") ? IPPROTO_AH : IPPROTO_ESP };
	memcpy(k->key.daddr, dest.b, sizeof(k->key.daddr));
	return 0;
}

static int clear_read(const struct command *c, struct clear_choice *k, struct err *e)
{
	const char *address = command_arg(c, "address");

	*k = (struct clear_choice){ .map = command_arg(c, "map"),
				    .peer = address ? address : command_arg(c, "host") };
	if (command_arg(c, "vrf"))
		return err_set(e, -EOPNOTSUPP, "there are no VRFs here");
	return command_arg(c, "spi") ? clear_read_key(c, k, e) : 0;
}

/* By address, or by the host name that the entry gives. */
static bool clear_is_peer(const struct sadb_entry *en, const char *peer)
{
	struct addr a = {}, remote = sadb_remote(en);
	const struct node *p;

	if (addr_parse(peer, &a))
		return addr_equal(&a, &remote);
	if (!en->item || !en->item->node)
		return false;
	for_each_child(p, en->item->node)
		if (node_is(p, "set peer") && node_arg(p, "host") && !strcmp(node_arg(p, "host"), peer))
			return true;
	return false;
}

static bool clear_is_chosen(const struct clear_choice *k, const struct sadb_entry *en,
			    const struct sa_info *sa)
{
	char tag[ITEM_TAG_MAX];

	if (k->one)
		return !memcmp(&k->key, &sa->key, sizeof(k->key));
	if (k->map)
		return !strcmp(sadb_tag(en, tag), k->map);
	return !k->peer || clear_is_peer(en, k->peer);
}

/* Deletions for the kernel, with the objects they point to. */
struct clear_batch {
	struct kobj	*obj;
	struct kobj_op	*op;
	size_t		n;
	unsigned int	left_alone;
};

static void clear_add(struct clear_batch *b, const struct sa_info *sa)
{
	struct kobj *o = &b->obj[b->n];

	*o = (struct kobj){ .kind = KOBJ_SA, .sa = {
		.key = sa->key, .saddr = sa->saddr, .mode = sa->mode, .reqid = sa->reqid,
		.if_id = sa->if_id,
	} };
	b->op[b->n++] = (struct kobj_op){ .todo = KOBJ_DEL, .was = o };
}

static int clear_collect(struct gateway *gw, const struct sadb *s, const struct clear_choice *k, struct clear_batch *b,
			 struct err *e)
{
	size_t i, j;

	b->obj = calloc(s->sas.n + 1, sizeof(*b->obj));
	b->op = calloc(s->sas.n + 1, sizeof(*b->op));
	if (!b->obj || !b->op)
		return err_set(e, -ENOMEM, "out of memory for %zu SAs", s->sas.n);
	for (i = 0; i < s->n; i++) {
		const struct flow *f = s->entry[i].flow;

		for (j = 0; f && j < f->nsas; j++) {
			const struct sa_info *sa = f->sas[j].sa;

			if (!clear_is_chosen(k, &s->entry[i], sa))
				continue;
			if (sa->reqid >> 24 != XI_ID_MAP) {
				b->left_alone++;
				continue;
			}
			clear_add(b, sa);
			if (!f->sas[j].inbound)
				gateway_keep_number(gw, &sa->key, sa->replay_oseq);
		}
	}
	return 0;
}

/* Returns how many the kernel would not delete, or a negative errno. */
static int clear_apply(struct clear_batch *b, struct err *e)
{
	struct kobj_nl *nl;
	int failed;

	if (!b->n)
		return 0;
	nl = kobj_nl_open(e);
	if (!nl)
		return e->code;
	failed = kobj_nl_apply(nl, b->op, b->n, e);
	kobj_nl_close(nl);
	return failed;
}

static json_t *clear_report(const struct clear_batch *b, unsigned int failed)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < b->n; i++)
		if (b->op[i].err)
			json_array_append_new(list, json_pack("{s:o, s:o}",
				"spi-hex", answer_spi(ntohl(b->obj[i].sa.key.spi)),
				"why", answer_text(b->op[i].why)));
	log_xi(SEV_NOTICE, "CLEAR", "SAs deleted: deleted=%zu left-alone=%u", b->n - failed,
	       b->left_alone);
	return json_pack("{s:I, s:I, s:o}", "deleted", (json_int_t)(b->n - failed), "left-alone",
			 (json_int_t)b->left_alone, "failed", list);
}

static json_t *clear_chosen(struct gateway *gw, const struct sadb *s, const struct clear_choice *k,
			    struct err *e)
{
	struct clear_batch b = {};
	json_t *result = NULL;
	int failed = clear_collect(gw, s, k, &b, e);

	if (!failed)
		failed = clear_apply(&b, e);
	/* The objects that were deleted are still wanted: whatever has keys comes back. */
	if (failed >= 0 && !(b.n && gw->configured && gateway_reapply(gw, e)))
		result = clear_report(&b, (unsigned int)failed);
	free(b.obj);
	free(b.op);
	return result;
}

static json_t *clear_counters(const struct gateway *gw, const struct sadb *s, struct err *e)
{
	const struct sa_info *sas = (const struct sa_info *)s->sas.p;
	const struct bpf_maps maps = maps_of(&gw->guard);
	bool ok = true;
	size_t i;

	sa_base_begin();
	for (i = 0; i < s->sas.n; i++) {
		const struct xi_window *w = xi_slot_find(&maps.windows, &sas[i].key);

		ok &= sa_base_clear(&sas[i], w ? &w->drop : NULL);
	}
	sa_base_end();
	if (!ok) {
		err_set(e, -ENOMEM, "out of memory for %zu SAs", s->sas.n);
		return NULL;
	}
	return json_pack("{s:I}", "counters-cleared", answer_int(s->sas.n));
}

json_t *answer_clear_sa(struct gateway *gw, const struct command *c, struct err *e)
{
	struct clear_choice choice;
	json_t *result = NULL;
	struct sadb s;

	if (clear_read(c, &choice, e))
		return NULL;
	if (!sadb_init(&s, gw, e))
		result = command_has(c, "counters") ? clear_counters(gw, &s, e) :
						      clear_chosen(gw, &s, &choice, e);
	sadb_fini(&s);
	return result;
}
