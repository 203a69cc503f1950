// SPDX-License-Identifier: Apache-2.0
#include "user/config/iftable.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/lex.h"

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct iftable_entry *)a)->ios, ((const struct iftable_entry *)b)->ios);
}

/* dev_valid_name(), net/core/dev.c */
static bool device_ok(const struct word *w)
{
	unsigned int i;

	if (!w->len || w->len >= IF_NAMESIZE || (w->len == 1 && *w->p == '.') ||
	    (w->len == 2 && !strncmp(w->p, "..", 2)))
		return false;
	for (i = 0; i < w->len; i++)
		if (w->p[i] == '/' || w->p[i] == ':' || !isgraph((unsigned char)w->p[i]))
			return false;
	return true;
}

static const struct iftable_entry *find(const struct iftable *m, const char *ios)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (!strcmp(m->entry[i].ios, ios))
			return &m->entry[i];
	return NULL;
}

static const char *name_wrong(enum ifname_verdict v)
{
	switch (v) {
	case IFNAME_TYPE:
		return "no such type of interface";
	case IFNAME_AMBIGUOUS:
		return "ambiguous type of interface";
	default:
		return "not the name of an interface";
	}
}

static void take_line(struct iftable *m, const struct line *line, struct diags *d)
{
	struct iftable_entry *e = &m->entry[m->n];
	char word[IFNAME_MAX], next[IFNAME_MAX];
	enum ifname_verdict v;
	unsigned int used = 1;

	if (line->word[0].len >= sizeof(word) || (line->nwords > 1 && line->word[1].len >= sizeof(next))) {
		diag_add_at(d, line->number, line->text, 0, "a name that is too long");
		return;
	}
	snprintf(word, sizeof(word), "%.*s", (int)line->word[0].len, line->word[0].p);
	snprintf(next, sizeof(next), "%.*s", line->nwords > 2 ? (int)line->word[1].len : 0,
		 line->nwords > 2 ? line->word[1].p : "");
	v = ifname_parse(word, next, e->ios);
	if (v == IFNAME_TWO)
		used = 2;
	else if (v != IFNAME_ONE) {
		diag_add_at(d, line->number, line->text, line->word[0].column, name_wrong(v));
		return;
	}
	if (line->nwords != used + 1 || !device_ok(&line->word[used])) {
		diag_add_at(d, line->number, line->text,
			    line->word[line->nwords > used ? used : line->nwords - 1].column,
			    "an interface and its Linux device are expected: FastEthernet0/0 eth0");
		return;
	}
	if (ifname_is_tunnel(e->ios) || !strncmp(e->ios, "Loopback", 8)) {
		diag_add_at(d, line->number, line->text, line->word[0].column,
			    "Tunnel and Loopback interfaces are made by the gateway");
		return;
	}
	if (find(m, e->ios)) {
		diag_add_at(d, line->number, line->text, line->word[0].column,
			    "named before, with another line");
		return;
	}
	snprintf(e->device, sizeof(e->device), "%.*s", (int)line->word[used].len,
		 line->word[used].p);
	m->n++;
}

int iftable_parse(struct iftable *m, const char *text, size_t len, struct diags *d)
{
	static struct line line;
	struct lexer lexer;
	enum lex_verdict v;

	*m = (struct iftable){ .entry = calloc(IFTABLE_MAX, sizeof(*m->entry)) };
	if (!m->entry)
		return -ENOMEM;
	lex_init(&lexer, text, len);
	while ((v = lex_next(&lexer, &line)) != LEX_END) {
		if (v == LEX_BLANK || (line.nwords && line.text[line.word[0].column] == '#'))
			continue;
		if (v != LEX_LINE) {
			diag_add(d, DIAG_ERROR, line.number, "not a line of an interface table");
			if (v == LEX_BINARY)
				break;
			continue;
		}
		if (m->n == IFTABLE_MAX - 1) {
			diag_add(d, DIAG_ERROR, line.number, "more than %d interfaces", IFTABLE_MAX - 1);
			break;
		}
		take_line(m, &line, d);
	}
	qsort(m->entry, m->n, sizeof(*m->entry), compare);
	return 0;
}

void iftable_fini(struct iftable *m)
{
	free(m->entry);
	*m = (struct iftable){};
}

const char *iftable_device(const struct iftable *m, const char *name)
{
	struct iftable_entry key, *e;

	if (strlen(name) >= sizeof(key.ios))
		return NULL;
	strcpy(key.ios, name);
	e = m->n ? bsearch(&key, m->entry, m->n, sizeof(*m->entry), compare) : NULL;
	return e ? e->device : NULL;
}

const char *iftable_ios(const struct iftable *m, const char *device)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (!strcmp(m->entry[i].device, device))
			return m->entry[i].ios;
	return device;
}
