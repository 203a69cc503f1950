// SPDX-License-Identifier: Apache-2.0
#include "user/config/grammar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
const struct mode_info modes[M_MAX] = {
	[M_EXEC]		= { "privileged EXEC", "#", M_NONE },
	[M_USER]		= { "user EXEC", ">", M_NONE },
	[M_GLOBAL]		= { "global configuration", "(config)", M_NONE },
	[M_ACL]			= { "extended access list", "(config-ext-nacl)", M_GLOBAL },
	[M_ACL6]		= { "IPv6 access list", "(config-ipv6-acl)", M_GLOBAL },
	[M_CERTMAP]		= { "certificate map", "(ca-certificate-map)", M_GLOBAL },
	[M_CLIENT_GROUP]	= { "ISAKMP client group", "(config-isakmp-group)", M_GLOBAL },
	[M_CMAP]		= { "class map", "(config-cmap)", M_GLOBAL },
	[M_DYNMAP]		= { "dynamic crypto map", "(config-crypto-map)", M_GLOBAL },
	[M_EZVPN]		= { "Easy VPN Remote", "(config-crypto-ezvpn)", M_GLOBAL },
	[M_IF]			= { "interface", "(config-if)", M_GLOBAL },
	[M_ISAKMP_PEER]		= { "ISAKMP peer", "(config-isakmp-peer)", M_GLOBAL },
	[M_ISAKMP_POLICY]	= { "ISAKMP policy", "(config-isakmp)", M_GLOBAL },
	[M_ISAKMP_PROFILE]	= { "ISAKMP profile", "(conf-isa-prof)", M_GLOBAL },
	[M_KEYRING]		= { "keyring", "(conf-keyring)", M_GLOBAL },
	[M_KEYRING2]		= { "IKEv2 keyring", "(config-ikev2-keyring)", M_GLOBAL },
	[M_KEYRING2_PEER]	= { "IKEv2 keyring peer", "(config-ikev2-keyring-peer)", M_KEYRING2 },
	[M_MAP]			= { "crypto map", "(config-crypto-map)", M_GLOBAL },
	[M_PMAP]		= { "policy map", "(config-pmap)", M_GLOBAL },
	[M_PMAP_C]		= { "policy map class", "(config-pmap-c)", M_PMAP },
	[M_POLICY2]		= { "IKEv2 policy", "(config-ikev2-policy)", M_GLOBAL },
	[M_PROFILE]		= { "IPsec profile", "(ipsec-profile)", M_GLOBAL },
	[M_PROFILE2]		= { "IKEv2 profile", "(config-ikev2-profile)", M_GLOBAL },
	[M_PROPOSAL2]		= { "IKEv2 proposal", "(config-ikev2-proposal)", M_GLOBAL },
	[M_PUBKEY]		= { "public key", "(config-pubkey-key)", M_PUBKEY_CHAIN },
	[M_PUBKEY_CHAIN]	= { "public key chain", "(config-pubkey-chain)", M_GLOBAL },
	[M_RAW]			= { "key string", "(config-pubkey)", M_PUBKEY },
	[M_SSP]			= { "SSP group", "(config-ssp)", M_GLOBAL },
	[M_TRUSTPOINT]		= { "trustpoint", "(ca-trustpoint)", M_GLOBAL },
	[M_TSET]		= { "transform set", "(cfg-crypto-trans)", M_GLOBAL },
	[M_UNRELATED]		= { "unrelated block", "(config-other)", M_GLOBAL },
};
/* clang-format on */

/* In the order in which a configuration is printed. */
static const struct row_table *const tables[] = {
	&table_system, &table_below_interface, &table_ha, &table_isakmp, &table_ikev2, &table_pki,
	&table_ipsec, &table_map, &table_qos, &table_interface, &table_acl, &table_unrelated, &table_exec,
};

#define NTABLES	(sizeof(tables) / sizeof(tables[0]))

static void set_help(struct pattern *p)
{
	unsigned int i, j;

	for (i = 0; i < p->n; i++) {
		const char *before = !i && p->row->modes & IN(M_EXEC) ? "exec" : NULL;

		for (j = 0; j < i; j++)
			if (elem_set_has(&p->follow[j], i) && p->elem[j].word)
				before = p->elem[j].word;
		p->elem[i].help = p->elem[i].word ? word_help(before, p->elem[i].word) :
						    arg_help(p->elem[i].name);
		if (!p->elem[i].help && p->row->flags & R_UNRELATED)
			p->elem[i].help = "Not about IPsec";
	}
}

static int join(struct grammar *g, struct err *e)
{
	size_t i, j;
	int ret;

	for (i = 0; i < NTABLES; i++) {
		for (j = 0; j < tables[i]->n; j++) {
			struct pattern *p = &g->pattern[g->n];

			ret = pattern_compile(p, &tables[i]->rows[j], e);
			if (ret)
				return ret;
			p->order = (unsigned int)g->n++;
			set_help(p);
		}
	}
	return 0;
}

static int sort_by_mode(struct grammar *g, struct err *e)
{
	enum mode m;
	size_t i;

	for (m = M_NONE; m < M_MAX; m++) {
		struct grammar_mode *gm = &g->mode[m];

		gm->pattern = calloc(g->n, sizeof(const struct pattern *));
		if (!gm->pattern)
			return err_set(e, -ENOMEM, "out of memory");
		for (i = 0; i < g->n; i++)
			if (g->pattern[i].row->modes & IN(m))
				gm->pattern[gm->n++] = &g->pattern[i];
	}
	return 0;
}

const struct grammar *grammar_get(struct err *e)
{
	static struct grammar g;
	static bool ready;
	size_t i, total = 0;

	if (ready)
		return &g;
	g = (struct grammar){};
	for (i = 0; i < NTABLES; i++)
		total += tables[i]->n;
	g.pattern = calloc(total, sizeof(*g.pattern));
	if (!g.pattern) {
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	if (join(&g, e) || sort_by_mode(&g, e))
		return NULL;
	ready = true;
	return &g;
}
