// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/debug.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/ctl/answer.h"
#include "user/ctl/transform.h"
#include "user/lib/log.h"

/* In the order of `show debugging`. */
static const struct {
	const char	*words;		/* behind debug or undebug */
	unsigned int	flag;
	const char	*subsystem, *text;
} debug_kinds[] = {
	{ "crypto isakmp", DEBUG_ISAKMP, "Cryptographic Subsystem", "Crypto ISAKMP debugging" },
	{ "crypto ikev2", DEBUG_IKEV2, "Cryptographic Subsystem", "IKEv2 default debugging" },
	{ "crypto ipsec", DEBUG_IPSEC, "Cryptographic Subsystem", "Crypto IPSEC debugging" },
	{ "ssp", DEBUG_SSP, "SSP", "SSP debugging" },
	{ "standby", DEBUG_STANDBY, "HSRP", "HSRP debugging" },
};

#define NKINDS	(sizeof(debug_kinds) / sizeof(debug_kinds[0]))

static bool debug_is(const struct command *c, const char *words)
{
	char full[64];

	snprintf(full, sizeof(full), "debug %s", words);
	if (command_is(c, full))
		return true;
	snprintf(full, sizeof(full), "undebug %s", words);
	return command_is(c, full);
}

static json_t *debug_json(unsigned int wanted, unsigned int on)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < NKINDS; i++)
		if (wanted & debug_kinds[i].flag)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b}",
				"name", debug_kinds[i].words, "subsystem", debug_kinds[i].subsystem,
				"text", debug_kinds[i].text, "on", !!(on & debug_kinds[i].flag)));
	return list;
}

static unsigned int debug_flags(const struct command *c)
{
	unsigned int flags = 0;
	size_t i;

	for (i = 0; i < NKINDS; i++)
		if (debug_is(c, "all") || debug_is(c, debug_kinds[i].words))
			flags |= debug_kinds[i].flag;
	return flags;
}

json_t *answer_debug(struct gateway *gw, const struct command *c, struct err *e)
{
	bool off = command_is(c, "undebug") || c->m->form == FORM_NO;
	unsigned int flags = debug_flags(c);

	if (command_has(c, "ha") || command_has(c, "client")) {
		err_set(e, -EOPNOTSUPP, "not available: there is nothing of this to be told yet");
		return NULL;
	}
	gw->debug = off ? gw->debug & ~flags : gw->debug | flags;
	return json_pack("{s:b, s:b, s:o}", "all", debug_is(c, "all"), "on", !off, "debugging",
			 debug_json(flags, gw->debug));
}

json_t *answer_debugging(struct gateway *gw, const struct command *c, struct err *e)
{
	(void)c;
	(void)e;
	return json_pack("{s:o}", "debugging", debug_json(gw->debug, gw->debug));
}

/* --- what is told ----------------------------------------------------------------------------- */

static const char *debug_transform(const struct sa_info *sa, char *buf, size_t size)
{
	struct transform t;
	unsigned int i;
	size_t used = 0;

	transform_of_sa(sa, &t);
	snprintf(buf, size, "%s", "-");
	for (i = 0; i < t.n && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i ? " " : "", t.name[i]);
	return buf;
}

void debug_ipsec_sa(struct gateway *gw, const struct sa_info *sa, bool created)
{
	struct addr dest = addr_make(sa->key.family, sa->key.daddr);
	uint32_t spi = ntohl(sa->key.spi);
	char text[ADDR_STR_MAX], transform[256];

	if (!(gw->debug & DEBUG_IPSEC))
		return;
	log_debug("IPSEC(%s): %s, (sa) sa_dest= %s, sa_prot= %u, sa_spi= 0x%X(%u), sa_trans= %s, sa_conn_id= %u",
		  created ? "create_sa" : "delete_sa", created ? "sa created" : "deleting SA",
		  addr_str(&dest, text), sa->key.proto, spi, spi,
		  debug_transform(sa, transform, sizeof(transform)),
		  gw->guard.sad ? sad_conn_id(gw->guard.sad, &sa->key) : 0);
}
