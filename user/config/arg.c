// SPDX-License-Identifier: Apache-2.0
#include "user/config/arg.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "user/config/ifname.h"
#include "user/lib/addr.h"

enum arg_kind {
	K_ACL, K_ADDR, K_ADDR6, K_DN, K_HEX, K_HOST, K_IF, K_IFDEF, K_INT, K_IP, K_MASK, K_NAME,
	K_PORT, K_PREFIX6, K_PROTO, K_PROTO6, K_SECRET, K_TEXT, K_URL, K_WILDCARD, K_WORD,
};

struct arg_type {
	const char	*name;
	const char	*shown;
	enum arg_kind	kind;
};

/* clang-format off */
static const struct arg_type types[] = {
	{ "acl",	"<100-199> or WORD",	K_ACL },
	{ "addr",	"A.B.C.D",		K_ADDR },
	{ "addr6",	"X:X::X",		K_ADDR6 },
	{ "dn",		"LINE",			K_DN },
	{ "hex",	"HEX",			K_HEX },
	{ "host",	"WORD",			K_HOST },
	{ "if",		"INTERFACE",		K_IF },
	{ "ifdef",	"INTERFACE",		K_IFDEF },
	{ "int",	"NUMBER",		K_INT },
	{ "ip",		"A.B.C.D or X:X::X",	K_IP },
	{ "mask",	"A.B.C.D",		K_MASK },
	{ "name",	"WORD",			K_NAME },
	{ "port",	"<0-65535> or WORD",	K_PORT },
	{ "prefix6",	"X:X::X/<0-128>",	K_PREFIX6 },
	{ "proto",	"<0-255> or WORD",	K_PROTO },
	{ "proto6",	"<0-255> or WORD",	K_PROTO6 },
	{ "secret",	"WORD",			K_SECRET },
	{ "text",	"LINE",			K_TEXT },
	{ "url",	"URL",			K_URL },
	{ "wildcard",	"A.B.C.D",		K_WILDCARD },
	{ "word",	"WORD",			K_WORD },
};

static const struct {
	const char	*id;
	const char	*name;
} objects[O_MAX] = {
	[O_ACL]			= { "acl",		"access list" },
	[O_CERTMAP]		= { "certmap",		"certificate map" },
	[O_CLASS]		= { "class",		"class" },
	[O_DYNMAP]		= { "dynmap",		"dynamic crypto map" },
	[O_EZVPN]		= { "ezvpn",		"Easy VPN profile" },
	[O_HSRP]		= { "hsrp",		"HSRP group" },
	[O_IF]			= { "if",		"interface" },
	[O_IPSEC_PROFILE]	= { "ipsec-profile",	"IPsec profile" },
	[O_ISAKMP_PROFILE]	= { "isakmp-profile",	"ISAKMP profile" },
	[O_KEYRING]		= { "keyring",		"keyring" },
	[O_KEYRING2]		= { "keyring2",		"IKEv2 keyring" },
	[O_MAP]			= { "map",		"crypto map" },
	[O_PMAP]		= { "pmap",		"policy map" },
	[O_POOL]		= { "pool",		"address pool" },
	[O_PROFILE2]		= { "profile2",		"IKEv2 profile" },
	[O_PROPOSAL2]		= { "proposal2",	"IKEv2 proposal" },
	[O_SSP]			= { "ssp",		"SSP group" },
	[O_TRUSTPOINT]		= { "trustpoint",	"trustpoint" },
	[O_TSET]		= { "tset",		"transform set" },
	[O_VRF]			= { "vrf",		"VRF" },
};

/* IOS names of ports and protocols; numbers are printed by their name. */
static const struct named {
	const char	*name;
	uint32_t	value;
} ports[] = {
	{ "bgp", 179 }, { "bootpc", 68 }, { "bootps", 67 }, { "domain", 53 }, { "ftp", 21 },
	{ "ftp-data", 20 }, { "isakmp", 500 }, { "non500-isakmp", 4500 }, { "ntp", 123 },
	{ "smtp", 25 }, { "snmp", 161 }, { "ssh", 22 }, { "syslog", 514 }, { "telnet", 23 },
	{ "tftp", 69 }, { "www", 80 }, { NULL, 0 },
}, protocols[] = {
	{ "ahp", 51 }, { "eigrp", 88 }, { "esp", 50 }, { "gre", 47 }, { "icmp", 1 }, { "igmp", 2 },
	{ "ipinip", 4 }, { "ospf", 89 }, { "pim", 103 }, { "sctp", 132 }, { "tcp", 6 },
	{ "udp", 17 }, { "ip", 256 }, { NULL, 0 },
}, protocols6[] = {
	{ "ahp", 51 }, { "esp", 50 }, { "icmp", 58 }, { "ipv6", 256 }, { "pcp", 108 },
	{ "sctp", 132 }, { "tcp", 6 }, { "udp", 17 }, { NULL, 0 },
};
/* clang-format on */

const char *object_name(enum object o)
{
	return objects[o].name;
}

static void fail(struct arg_try *t, enum arg_fail how, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void fail(struct arg_try *t, enum arg_fail how, const char *fmt, ...)
{
	va_list ap;

	t->used = 0;
	t->fail = how;
	va_start(ap, fmt);
	vsnprintf(t->why, sizeof(t->why), fmt, ap);
	va_end(ap);
}

static bool all_in(const char *s, const char *set)
{
	return *s && !s[strspn(s, set)];
}

static void try_number(const struct arg_spec *spec, struct arg_try *t)
{
	unsigned long n;
	unsigned int i;
	char shown[80];

	if (!all_in(t->text, "0123456789")) {
		fail(t, ARG_UNLIKE, "\"%s\" is not a number", t->text);
		return;
	}
	errno = 0;
	n = strtoul(t->text, NULL, 10);
	for (i = 0; i < spec->nranges && !errno; i++) {
		if (n < spec->range[i].lo || n > spec->range[i].hi)
			continue;
		snprintf(t->text, sizeof(t->text), "%lu", n);
		return;
	}
	fail(t, ARG_WRONG, "%.20s is not in %s", t->text,
	     arg_shown(spec, shown, sizeof(shown)));
}

/* Digits and dots, begun like an address: what was meant is clear. */
static void fail_address(struct arg_try *t)
{
	unsigned int dots = 0;
	const char *p;

	for (p = t->text; *p; p++)
		dots += *p == '.';
	if (!isdigit((unsigned char)t->text[0]) || !all_in(t->text, "0123456789."))
		fail(t, ARG_UNLIKE, "\"%.60s\" is not an address", t->text);
	else if (dots > 3)
		fail(t, ARG_WRONG, "bad address \"%.60s\"%s", t->text,
		     dots >= 6 ? " (address and wildcard run together)" : "");
	else
		fail(t, dots ? ARG_WRONG : ARG_UNLIKE, "bad address \"%.60s\"", t->text);
}

static bool parse_v4(const char *text, uint32_t *host)
{
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) != 1)
		return false;
	*host = ntohl(in.s_addr);
	return true;
}

static void try_address(struct arg_try *t, bool v6)
{
	char buf[ADDR_STR_MAX];
	struct addr a;

	if (!addr_parse(t->text, &a) || (a.family == AF_INET6 && !v6)) {
		fail_address(t);
		return;
	}
	snprintf(t->text, sizeof(t->text), "%s", addr_str(&a, buf));
}

static void try_address6(struct arg_try *t)
{
	char buf[ADDR_STR_MAX];
	struct addr a;

	if (strchr(t->text, ':') && addr_parse(t->text, &a))
		snprintf(t->text, sizeof(t->text), "%s", addr_str(&a, buf));
	else
		fail(t, strchr(t->text, ':') ? ARG_WRONG : ARG_UNLIKE,
		     "\"%.60s\" is not an IPv6 address", t->text);
}

bool arg_prefix(const char *text, struct addr *a, uint8_t *len)
{
	const char *slash = text ? strchr(text, '/') : NULL;
	char host[ADDR_STR_MAX];
	struct addr is;
	unsigned long n;

	if (!slash || (size_t)(slash - text) >= sizeof(host) || !all_in(slash + 1, "0123456789") ||
	    strlen(slash + 1) > 3)
		return false;
	memcpy(host, text, (size_t)(slash - text));
	host[slash - text] = '\0';
	n = strtoul(slash + 1, NULL, 10);
	if (!addr_parse(host, &is) || n > (is.family == AF_INET6 ? 128 : 32))
		return false;
	*a = is;
	*len = (uint8_t)n;
	return true;
}

static void try_prefix6(struct arg_try *t)
{
	char buf[ADDR_STR_MAX];
	struct addr a;
	uint8_t len;

	if (strchr(t->text, ':') && arg_prefix(t->text, &a, &len))
		snprintf(t->text, sizeof(t->text), "%s/%u", addr_str(&a, buf), len);
	else
		fail(t, strpbrk(t->text, ":/") ? ARG_WRONG : ARG_UNLIKE,
		     "\"%.60s\" is not an IPv6 prefix: X:X::X and the length behind a slash",
		     t->text);
}

static void try_mask(struct arg_try *t, bool wildcard)
{
	uint32_t m;

	if (!parse_v4(t->text, &m)) {
		fail_address(t);
		return;
	}
	/* The mask of a subnet is ones, then zeros; wildcards have more freedom. */
	if (!wildcard && (~m & (~m + 1)))
		fail(t, ARG_WRONG, "\"%s\" is not a mask", t->text);
}

static void try_host(struct arg_try *t)
{
	if (!all_in(t->text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@"))
		fail(t, ARG_UNLIKE, "\"%.60s\" is not a host name", t->text);
	else if (all_in(t->text, "0123456789."))
		fail_address(t);	/* an address that is none, not a name */
}

static void try_named(struct arg_try *t, const struct named *names, uint32_t max, const char *what)
{
	const struct named *n, *hit = NULL;
	size_t len = strlen(t->text);
	uint32_t value = UINT32_MAX;	/* not a number: of no name, "ip" being 256 */

	if (all_in(t->text, "0123456789") && len < 7)
		value = (uint32_t)strtoul(t->text, NULL, 10);
	if (value > max)
		value = UINT32_MAX;
	for (n = names; n->name; n++) {
		if (n->value == value || !strcasecmp(t->text, n->name)) {
			snprintf(t->text, sizeof(t->text), "%s", n->name);
			return;
		}
		if (!strncasecmp(t->text, n->name, len)) {
			if (hit) {
				fail(t, ARG_WRONG, "ambiguous %s \"%.60s\"", what, t->text);
				return;
			}
			hit = n;
		}
	}
	if (hit)
		snprintf(t->text, sizeof(t->text), "%s", hit->name);
	else if (value <= max)
		snprintf(t->text, sizeof(t->text), "%u", value);
	else
		fail(t, ARG_UNLIKE, "unknown %s \"%.60s\"", what, t->text);
}

unsigned int arg_port(const char *text)
{
	const struct named *n;

	for (n = ports; n->name; n++)
		if (!strcmp(n->name, text))
			return n->value;
	return (unsigned int)strtoul(text, NULL, 10);
}

unsigned int arg_protocol(const char *text, bool v6)
{
	const struct named *n;

	for (n = v6 ? protocols6 : protocols; n->name; n++)
		if (!strcmp(n->name, text))
			return n->value & 0xff;
	return (unsigned int)strtoul(text, NULL, 10);
}

static void try_acl(struct arg_try *t)
{
	unsigned long n;

	if (!all_in(t->text, "0123456789"))
		return;
	n = strtoul(t->text, NULL, 10);
	if ((n >= 100 && n <= 199) || (n >= 2000 && n <= 2699))
		snprintf(t->text, sizeof(t->text), "%lu", n);
	else
		fail(t, ARG_WRONG, "access list %.20s is not an extended one (100-199, 2000-2699)",
		     t->text);
}

static void try_url(struct arg_try *t)
{
	static const char *const schemes[] = { "http://", "https://", "tftp://", "ftp://" };
	size_t i, len;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		len = strlen(schemes[i]);
		if (!strncasecmp(t->text, schemes[i], len) && t->text[len] &&
		    !strpbrk(t->text + len, "<>\"\\^`{|}"))
			return;
	}
	fail(t, ARG_WRONG, "not a URL");
}

static void try_hex(struct arg_try *t)
{
	const char *p = t->text;

	if (all_in(p, "*"))
		return;		/* as `show running-config` prints it */
	if (!strncasecmp(p, "0x", 2))
		memmove(t->text, p + 2, strlen(p + 2) + 1);
	if (!all_in(t->text, "0123456789abcdefABCDEF") || strlen(t->text) % 2)
		fail(t, ARG_WRONG, "not a key in hexadecimal digits, two for each byte");
}

static void take_rest(const struct line *line, unsigned int at, struct arg_try *t)
{
	size_t len = line->len - line->word[at].column;

	if (len >= sizeof(t->text)) {
		fail(t, ARG_WRONG, "text of more than %zu bytes", sizeof(t->text) - 1);
		return;
	}
	memcpy(t->text, line->text + line->word[at].column, len);
	t->text[len] = '\0';
	t->used = line->nwords - at;
}

/* A value ends where a bracket begins: remarks in brackets come from manuals (R-PKI-2). */
static void try_dn(const struct line *line, unsigned int at, struct arg_try *t)
{
	unsigned int i;

	for (i = at; i < line->nwords; i++) {
		if (line->word[i].p[0] == '(') {
			fail(t, ARG_WRONG, "unexpected text after the value");
			return;
		}
	}
	take_rest(line, at, t);
}

static void try_interface(const struct arg_spec *spec, const struct line *line, unsigned int at,
			  struct arg_try *t)
{
	char next[64] = "", typed[64], out[IFNAME_MAX];
	enum ifname_verdict v;

	snprintf(typed, sizeof(typed), "%.60s", t->text);
	if (at + 1 < line->nwords && line->word[at + 1].len < sizeof(next))
		snprintf(next, sizeof(next), "%.*s", (int)line->word[at + 1].len,
			 line->word[at + 1].p);
	v = ifname_parse(t->text, next, out);
	if (v == IFNAME_ONE || v == IFNAME_TWO) {
		snprintf(t->text, sizeof(t->text), "%s", out);
		t->used = v == IFNAME_TWO ? 2 : 1;
	} else if (v == IFNAME_AMBIGUOUS) {
		fail(t, ARG_WRONG, "ambiguous interface type \"%s\"", typed);
	} else if (spec->type->kind == K_IFDEF && v == IFNAME_TYPE) {
		typed[strcspn(typed, "0123456789")] = '\0';
		fail(t, ARG_WRONG, "unknown interface type \"%s\"", typed);
	} else {
		fail(t, isalpha((unsigned char)typed[0]) ? ARG_WRONG : ARG_UNLIKE,
		     "unknown interface \"%s\"", typed);
	}
}

void arg_try(const struct arg_spec *spec, const struct line *line, unsigned int at,
	     struct arg_try *t)
{
	const struct word *w = &line->word[at];

	t->used = 1;
	t->why[0] = '\0';
	t->fail = ARG_UNLIKE;
	if (w->len >= ARG_MAX_LEN && spec->type->kind != K_TEXT) {
		fail(t, ARG_WRONG, "word of more than %d bytes", ARG_MAX_LEN - 1);
		return;
	}
	snprintf(t->text, sizeof(t->text), "%.*s", (int)w->len, w->p);
	switch (spec->type->kind) {
	case K_ACL:		try_acl(t); break;
	case K_ADDR:		try_address(t, false); break;
	case K_ADDR6:		try_address6(t); break;
	case K_IP:		try_address(t, true); break;
	case K_DN:		try_dn(line, at, t); break;
	case K_HEX:		try_hex(t); break;
	case K_HOST:		try_host(t); break;
	case K_IF:
	case K_IFDEF:		try_interface(spec, line, at, t); break;
	case K_INT:		try_number(spec, t); break;
	case K_MASK:		try_mask(t, false); break;
	case K_WILDCARD:	try_mask(t, true); break;
	case K_PORT:		try_named(t, ports, 65535, "port"); break;
	case K_PREFIX6:		try_prefix6(t); break;
	case K_PROTO:		try_named(t, protocols, 255, "protocol"); break;
	case K_PROTO6:		try_named(t, protocols6, 255, "protocol"); break;
	case K_TEXT:		take_rest(line, at, t); break;
	case K_URL:		try_url(t); break;
	case K_NAME:
	case K_SECRET:
	case K_WORD:
		if (!w->len)
			fail(t, ARG_WRONG, "an empty word");
		break;
	}
}

bool arg_is_text(const struct arg_spec *spec)
{
	return spec->type->kind == K_TEXT || spec->type->kind == K_DN;
}

bool arg_is_free(const struct arg_spec *spec)
{
	switch (spec->type->kind) {
	case K_ACL: case K_DN: case K_HOST: case K_NAME: case K_SECRET: case K_TEXT: case K_WORD:
	case K_IF: case K_IFDEF:
		return true;
	default:
		return false;
	}
}

bool arg_is_secret(const struct arg_spec *spec)
{
	return spec->type->kind == K_SECRET || spec->type->kind == K_HEX;
}

static bool is_digits(const struct arg_spec *s)
{
	return s->type->kind == K_INT || s->type->kind == K_PORT || s->type->kind == K_PROTO ||
	       s->type->kind == K_PROTO6 || s->type->kind == K_ACL;
}

static bool is_dotted(const struct arg_spec *s)
{
	return s->type->kind == K_ADDR || s->type->kind == K_IP || s->type->kind == K_MASK ||
	       s->type->kind == K_WILDCARD;
}

static bool is_coloned(const struct arg_spec *s)
{
	return s->type->kind == K_ADDR6 || s->type->kind == K_IP || s->type->kind == K_PREFIX6;
}

bool arg_overlap(const struct arg_spec *a, const struct arg_spec *b)
{
	unsigned int i, j;

	if (a->type->kind == K_INT && b->type->kind == K_INT) {
		for (i = 0; i < a->nranges; i++)
			for (j = 0; j < b->nranges; j++)
				if (a->range[i].lo <= b->range[j].hi &&
				    b->range[j].lo <= a->range[i].hi)
					return true;
		return false;
	}
	if (a->type == b->type)
		return true;
	/* Free words lose against anything that has a form of its own. */
	return (is_digits(a) && is_digits(b)) || (is_dotted(a) && is_dotted(b)) ||
	       (is_coloned(a) && is_coloned(b)) ||
	       (arg_is_free(a) && arg_is_free(b));
}

const char *arg_shown(const struct arg_spec *spec, char *buf, size_t size)
{
	size_t used = 0;
	unsigned int i;

	if (spec->type->kind != K_INT) {
		snprintf(buf, size, "%s", spec->type->shown);
		return buf;
	}
	for (i = 0; i < spec->nranges && used < size; i++) {
		const struct arg_range *r = &spec->range[i];

		used += (size_t)snprintf(buf + used, size - used, r->lo == r->hi ? "%s%u" : "%s%u-%u",
					 i ? "," : "<", r->lo, r->hi);
	}
	if (used < size)
		snprintf(buf + used, size - used, ">");
	return buf;
}

static bool parse_ranges(struct arg_spec *spec, const char *p, const char *end)
{
	char *next;

	while (p < end) {
		struct arg_range *r = &spec->range[spec->nranges];

		if (spec->nranges++ == ARG_RANGES || !isdigit((unsigned char)*p))
			return false;
		r->lo = r->hi = (uint32_t)strtoul(p, &next, 10);
		if (*next == '-')
			r->hi = (uint32_t)strtoul(next + 1, &next, 10);
		if (next > end || (*next != ',' && *next != ')') || r->lo > r->hi)
			return false;
		p = next + 1;
	}
	return spec->nranges;
}

static const struct arg_type *type_find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i].name) == len && !strncmp(types[i].name, name, len))
			return &types[i];
	return NULL;
}

bool arg_spec_parse(struct arg_spec *spec, const char *text, size_t len)
{
	const char *open = memchr(text, '(', len);
	enum object o;

	*spec = (struct arg_spec){};
	if (open && text[len - 1] == ')') {
		spec->type = type_find(text, (size_t)(open - text));
		return spec->type && spec->type->kind == K_INT &&
		       parse_ranges(spec, open + 1, text + len);
	}
	if (*text != '@') {
		spec->type = type_find(text, len);
		if (spec->type && spec->type->kind == K_IF)
			spec->ref = O_IF;
		return spec->type && spec->type->kind != K_INT;
	}
	for (o = O_NONE + 1; o < O_MAX; o++)
		if (strlen(objects[o].id) == len - 1 && !strncmp(objects[o].id, text + 1, len - 1))
			spec->ref = o;
	spec->type = type_find(spec->ref == O_ACL ? "acl" : "name", spec->ref == O_ACL ? 3 : 4);
	return spec->ref;
}
