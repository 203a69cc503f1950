// SPDX-License-Identifier: Apache-2.0
#include "user/config/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/print.h"

bool key_at(const struct node *n, unsigned int i)
{
	return n->token[i].el->name && arg_is_secret(&n->token[i].el->spec);
}

const struct elem *key_flag(const struct node *n, unsigned int i)
{
	const struct pattern *p = n->p;
	unsigned int at = (unsigned int)(n->token[i].el - p->elem), s;

	for (s = 0; s < p->n; s++)
		if (p->elem[s].word && !strcmp(p->elem[s].word, "6") &&
		    elem_set_has(&p->follow[s], at))
			return &p->elem[s];
	return NULL;
}

bool key_is_type6(const struct node *n, unsigned int i)
{
	const struct elem *before = i ? n->token[i - 1].el : NULL;

	return before && before->word && !strcmp(before->word, "6");
}

bool key_is_mask(const char *text)
{
	return *text && !text[strspn(text, "*")];
}

const char *key_owner(const struct node *n, char *buf, size_t size)
{
	static const char *const names[] = { "address", "host", "group-name" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!node_arg(n, names[i]))
			continue;
		snprintf(buf, size, "%s", node_arg(n, names[i]));
		return buf;
	}
	if (node_arg(n, "user"))
		snprintf(buf, size, "username %s", node_arg(n, "user"));
	else if (n->parent && n->parent->p && node_name(n->parent))
		snprintf(buf, size, "%s", node_name(n->parent));
	else
		snprintf(buf, size, "this line");
	return buf;
}

/* --- walking ------------------------------------------------------------------------------- */

/* Not 0: ends the walk. Modes are nested a few deep. */
typedef int each_key(void *ctx, struct node *n, unsigned int i);

static int walk_keys(const struct node *of, each_key *each, void *ctx)
{
	struct node *n;
	unsigned int i;
	int ret;

	for (n = of->first; n; n = n->next) {
		for (i = 0; n->p && i < n->ntokens; i++) {
			ret = key_at(n, i) ? each(ctx, n, i) : 0;
			if (ret)
				return ret;
		}
		ret = walk_keys(n, each, ctx);
		if (ret)
			return ret;
	}
	return 0;
}

static bool has_line(const struct tree *t, const char *words)
{
	const struct node *n;

	for (n = t->root.first; n; n = n->next)
		if (node_is(n, words))
			return true;
	return false;
}

bool keys_encryption(const struct tree *t)
{
	return has_line(t, "password encryption aes");
}

bool keys_logging(const struct tree *t)
{
	return has_line(t, "password logging");
}

static int is_clear(void *ctx, struct node *n, unsigned int i)
{
	(void)ctx;
	return key_flag(n, i) && !key_is_type6(n, i) && !key_is_mask(n->token[i].text);
}

const char *keys_advice(const struct tree *t, const struct type6 *t6)
{
	bool aes = keys_encryption(t);

	if (aes == (t6 != NULL) || !walk_keys(&t->root, is_clear, NULL))
		return NULL;
	return aes ? KEYS_NO_MASTER : KEYS_NO_AES;
}

/* --- sealing ------------------------------------------------------------------------------- */

struct preparing {
	struct type6	*t6;
	struct keys_change *c;
	struct diags	*d;
	struct err	*e;
	bool		encrypt;	/* clear ones too */
};

static int out_of_memory(struct preparing *p)
{
	return err_set(p->e, -ENOMEM, "out of memory");
}

static int add_edit(struct preparing *p, struct node *n, unsigned int i, const char *sealed)
{
	struct keys_change *c = p->c;
	struct keys_edit *edit;

	if (c->n == c->room) {
		size_t room = c->room ? c->room * 2 : 16;

		edit = realloc(c->edit, room * sizeof(*edit));
		if (!edit)
			return out_of_memory(p);
		c->edit = edit;
		c->room = room;
	}
	edit = &c->edit[c->n++];
	*edit = (struct keys_edit){ .n = n, .i = i, .text = strdup(sealed) };
	if (!key_is_type6(n, i)) {
		edit->flag = key_flag(n, i);
		edit->word = strdup(edit->flag->word);
	}
	return edit->text && (edit->word || !edit->flag) ? 0 : out_of_memory(p);
}

static int cannot_seal(struct preparing *p, const struct node *n, enum type6_verdict v)
{
	char owner[200];

	return err_set(p->e, v == TYPE6_FAILED ? -ENOMEM : -E2BIG,
		       "the key for %s cannot be encrypted: %s",
		       key_owner(n, owner, sizeof(owner)), type6_why(v));
}

/* A clear key is given up only for what is seen to open to it. */
static int seal(struct preparing *p, struct node *n, unsigned int i, const char *clear)
{
	char sealed[TYPE6_STR_MAX], again[TYPE6_TEXT_MAX + 1];
	enum type6_verdict v = type6_seal(p->t6, clear, sealed);
	bool same;

	if (v != TYPE6_OK)
		return cannot_seal(p, n, v);
	same = type6_open(p->t6, sealed, again, NULL) == TYPE6_OK && !strcmp(again, clear);
	explicit_bzero(again, sizeof(again));
	if (!same)
		return cannot_seal(p, n, TYPE6_FAILED);
	return add_edit(p, n, i, sealed);
}

static int reseal(struct preparing *p, struct node *n, unsigned int i)
{
	char clear[TYPE6_TEXT_MAX + 1], owner[200];
	enum type6_verdict v;
	bool old;
	int ret = 0;

	v = type6_open(p->t6, n->token[i].text, clear, &old);
	if (v == TYPE6_OK && old) {
		ret = seal(p, n, i, clear);
		p->c->resealed++;
	} else if (v == TYPE6_FAILED) {
		ret = out_of_memory(p);
	} else if (v != TYPE6_OK && p->d) {
		diag_add(p->d, DIAG_WARNING, n->line,
			 "ciphertext for %s is incompatible with the configured master key (%s)",
			 key_owner(n, owner, sizeof(owner)), type6_why(v));
	}
	explicit_bzero(clear, sizeof(clear));
	return ret;
}

static int prepare_key(void *ctx, struct node *n, unsigned int i)
{
	struct preparing *p = ctx;

	if (key_is_type6(n, i))
		return reseal(p, n, i);
	if (!p->encrypt || !is_clear(NULL, n, i))
		return 0;
	p->c->sealed++;
	return seal(p, n, i, n->token[i].text);
}

int keys_prepare(const struct tree *t, struct type6 *t6, struct keys_change *c, struct diags *d,
		 struct err *e)
{
	struct preparing p = { .t6 = t6, .c = c, .d = d, .e = e, .encrypt = keys_encryption(t) };
	int ret;

	*c = (struct keys_change){};
	type6_begin(t6, TYPE6_DERIVE_MAX);
	ret = walk_keys(&t->root, prepare_key, &p);
	if (ret)
		keys_drop(c);
	return ret;
}

void keys_commit(struct tree *t, struct keys_change *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		struct keys_edit *edit = &c->edit[i];

		tree_retext(t, edit->n, edit->i, edit->text, edit->flag, edit->word);
	}
	free(c->edit);
	*c = (struct keys_change){};
}

void keys_drop(struct keys_change *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		free(c->edit[i].text);
		free(c->edit[i].word);
	}
	free(c->edit);
	*c = (struct keys_change){};
}

int keys_protect(struct tree *t, struct type6 *t6, struct diags *d, struct err *e)
{
	struct keys_change c;
	int ret;

	if (!t6)
		return 0;
	ret = keys_prepare(t, t6, &c, d, e);
	if (!ret)
		keys_commit(t, &c);
	return ret;
}

/* --- opening ------------------------------------------------------------------------------- */

static int open_key(const struct node *n, const char *sealed, struct type6 *t6,
		    struct secret *out, struct err *e)
{
	char clear[TYPE6_TEXT_MAX + 1], owner[200];
	enum type6_verdict v;
	bool fits;

	key_owner(n, owner, sizeof(owner));
	if (!t6)
		return err_set(e, -ENOKEY, "the key for %s is encrypted, and there is no master key",
			       owner);
	type6_begin(t6, TYPE6_DERIVE_MAX);
	v = type6_open(t6, sealed, clear, NULL);
	if (v == TYPE6_FAILED)
		return err_set(e, -ENOMEM, "out of memory");
	if (v != TYPE6_OK)
		return err_set(e, v == TYPE6_MISMATCH ? -EKEYREJECTED : -EBADMSG,
			       "ciphertext for %s is incompatible with the configured master key (%s)",
			       owner, type6_why(v));
	fits = secret_set(out, clear, strlen(clear));
	explicit_bzero(clear, sizeof(clear));
	return fits ? 0 : err_set(e, -E2BIG, "the key for %s has more than %d bytes", owner,
				  SECRET_MAX);
}

int key_secret(const struct node *n, struct type6 *t6, struct secret *out, struct err *e)
{
	char owner[200];
	unsigned int i;
	const char *text;

	secret_wipe(out);
	for (i = 0; n->p && i < n->ntokens && !key_at(n, i); i++)
		;
	if (!n->p || i == n->ntokens)
		return err_set(e, -ENOENT, "the line has no key");
	text = n->token[i].text;
	if (key_is_type6(n, i))
		return open_key(n, text, t6, out, e);
	key_owner(n, owner, sizeof(owner));
	if (key_is_mask(text))
		return err_set(e, -EINVAL, "the key for %s is only asterisks", owner);
	if (!secret_set(out, text, strlen(text)))
		return err_set(e, -E2BIG, "the key for %s has more than %d bytes", owner, SECRET_MAX);
	return 0;
}
