// SPDX-License-Identifier: Apache-2.0
#include "user/ike/identity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "user/ike/dn.h"
#include "user/plan/prefix.h"

const char *identity_type_name(uint8_t type)
{
	switch (type) {
	case ID_IPV4:
		return "IPv4 address";
	case ID_IPV6:
		return "IPv6 address";
	case ID_FQDN:
		return "FQDN";
	case ID_EMAIL:
		return "email";
	case ID_DN:
		return "DN";
	case ID_GN:
		return "general name";
	case ID_KEY_ID:
		return "key ID";
	case ID_NULL:
		return "null";
	}
	return "unknown type";
}

static bool is_name(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return s.n;
}

/* The bytes behind the last '@'; empty: there is none. */
static struct span mail_domain(struct span s)
{
	const uint8_t *at = s.n ? memrchr(s.p, '@', s.n) : NULL;
	struct cur c = cur_of(s);

	if (!at)
		return (struct span){};
	cur_take(&c, (size_t)(at - s.p) + 1);
	return cur_rest(&c);
}

static bool is_der(struct span s)
{
	struct cur c = cur_of(s);
	struct span value;
	uint8_t tag;

	return der_take(&c, &tag, &value) && cur_done(&c);
}

static int fault(const struct identity *id, struct err *e)
{
	return err_set(e, -EBADMSG, "identity of type %s with %zu bytes is malformed",
		       identity_type_name(id->type), id->data.n);
}

int identity_check(const struct identity *id, struct err *e)
{
	bool good;

	if (id->data.n > IDENTITY_MAX)
		return err_set(e, -EBADMSG, "identity of %zu bytes (> %d)", id->data.n,
			       IDENTITY_MAX);
	switch (id->type) {
	case ID_IPV4:
		good = id->data.n == 4;
		break;
	case ID_IPV6:
		good = id->data.n == 16;
		break;
	case ID_FQDN:
		good = is_name(id->data);
		break;
	case ID_EMAIL:
		good = is_name(id->data) && mail_domain(id->data).n;
		break;
	case ID_DN:
		good = dn_check(id->data);
		break;
	case ID_GN:
		good = is_der(id->data);
		break;
	case ID_KEY_ID:
		good = id->data.n;
		break;
	case ID_NULL:
		good = true;
		break;
	default:
		return err_set(e, -ENOTSUP, "identity of unknown type %u", id->type);
	}
	return good ? 0 : fault(id, e);
}

static bool equal_nocase(struct span a, struct span b)
{
	return a.n == b.n && (!a.n || !strncasecmp((const char *)a.p, (const char *)b.p, a.n));
}

static struct span local_part(struct span s)
{
	return span_of(s.p, s.n - mail_domain(s).n);
}

bool identity_equal(const struct identity *a, const struct identity *b)
{
	if (a->type != b->type || identity_check(a, NULL) || identity_check(b, NULL))
		return false;
	switch (a->type) {
	case ID_FQDN:
		return equal_nocase(a->data, b->data);
	case ID_EMAIL:
		return span_equal(local_part(a->data), local_part(b->data)) &&
		       equal_nocase(mail_domain(a->data), mail_domain(b->data));
	case ID_DN:
		return dn_equal(a->data, b->data);
	case ID_NULL:
		return false;
	}
	return span_equal(a->data, b->data);
}

static void text(struct span s, char *buf, size_t size)
{
	size_t i, n = s.n < size - 4 ? s.n : size - 4;

	for (i = 0; i < n; i++)
		buf[i] = s.p[i] > ' ' && s.p[i] <= '~' ? (char)s.p[i] : '?';
	strcpy(buf + n, n < s.n ? "..." : "");
}

static void hex(struct span s, char *buf, size_t size)
{
	size_t i, at = strlen(buf);

	for (i = 0; i < s.n && at + 6 < size; i++, at += 2)
		sprintf(buf + at, "%02x", s.p[i]);
	strcpy(buf + at, i < s.n ? "..." : "");
}

const char *identity_str(const struct identity *id, char buf[static IDENTITY_STR_MAX])
{
	struct addr a;

	if (identity_check(id, NULL)) {
		snprintf(buf, IDENTITY_STR_MAX, "malformed %s", identity_type_name(id->type));
		return buf;
	}
	switch (id->type) {
	case ID_IPV4:
	case ID_IPV6:
		a = addr_make(id->type == ID_IPV4 ? AF_INET : AF_INET6, id->data.p);
		return addr_str(&a, buf);
	case ID_FQDN:
	case ID_EMAIL:
		text(id->data, buf, IDENTITY_STR_MAX);
		break;
	case ID_DN:
		dn_str(id->data, buf, IDENTITY_STR_MAX);
		break;
	case ID_NULL:
		strcpy(buf, "null");
		break;
	default:
		strcpy(buf, id->type == ID_KEY_ID ? "key-id 0x" : "general-name 0x");
		hex(id->data, buf, IDENTITY_STR_MAX);
	}
	return buf;
}

/* --- patterns ------------------------------------------------------------------------------- */

/* ANY is 1; wildcards by how much they say; all of it is the most. */
#define SCORE_ANY	1
#define SCORE_WILD	2		/* + 0 to 128 bits, or + bytes of the domain */
#define SCORE_EXACT	(SCORE_WILD + IDENTITY_MAX + 1)

static bool id_addr(const struct identity *id, struct addr *a)
{
	if (id->type != ID_IPV4 && id->type != ID_IPV6)
		return false;
	*a = addr_make(id->type == ID_IPV4 ? AF_INET : AF_INET6, id->data.p);
	return true;
}

static bool in_domain(struct span host, struct span domain)
{
	struct cur c = cur_of(host);

	if (!domain.n || host.n < domain.n + 2)
		return false;
	cur_take(&c, host.n - domain.n - 1);
	/* A whole label ends there: "evilexample.org" is not below "example.org". */
	return cur_u8(&c) == '.' && equal_nocase(cur_rest(&c), domain);
}

unsigned int id_pattern_match(const struct id_pattern *p, const struct identity *id)
{
	struct addr a;

	if (identity_check(id, NULL))
		return 0;
	switch (p->kind) {
	case ID_PAT_ANY:
		return SCORE_ANY;
	case ID_PAT_ADDR:
		if (!id_addr(id, &a) || a.family != p->addr.family ||
		    p->plen > prefix_bits(a.family) || !prefix_has(&p->addr, p->plen, &a))
			return 0;
		return p->plen == prefix_bits(a.family) ? SCORE_EXACT : SCORE_WILD + p->plen;
	case ID_PAT_DOMAIN:
		if (id->type != ID_FQDN || !in_domain(id->data, p->text))
			return 0;
		return SCORE_WILD + (unsigned int)p->text.n;
	case ID_PAT_EMAIL_DOMAIN:
		if (id->type != ID_EMAIL || !p->text.n ||
		    !equal_nocase(mail_domain(id->data), p->text))
			return 0;
		return SCORE_WILD + (unsigned int)p->text.n;
	case ID_PAT_EXACT:
		return identity_equal(&p->id, id) ? SCORE_EXACT : 0;
	}
	return 0;
}

int id_pattern_best(const struct id_pattern *p, size_t n, const struct identity *id)
{
	unsigned int best = 0, score;
	int at = -1;
	size_t i;

	for (i = 0; i < n; i++) {
		score = id_pattern_match(&p[i], id);
		if (score > best) {
			best = score;
			at = (int)i;
		}
	}
	return at;
}
