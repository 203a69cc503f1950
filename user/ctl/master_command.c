// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/master_command.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "user/config/keys.h"
#include "user/lib/log.h"

#define PROMPT_OLD	"Old key: "
#define PROMPT_NEW	"New key: "
#define PROMPT_CONFIRM	"Confirm key: "
#define PROMPT_DELETE \
	"WARNING: All type 6 encrypted keys will become unusable. Continue with master key deletion ? [yes/no]: "

struct command_run {
	struct master_ctx *ctx;
	const struct answer *answers;
	size_t		nanswers;
	struct ask	*ask;
	struct err	*e;
};

static const char *answer_to(const struct command_run *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nanswers; i++)
		if (!strcmp(r->answers[i].name, name))
			return r->answers[i].text;
	return NULL;
}

static enum master_verdict ask_for(struct command_run *r, const char *name, const char *prompt,
				   bool hidden)
{
	*r->ask = (struct ask){ name, prompt, hidden };
	return MASTER_ASK;
}

/* --- the old key --------------------------------------------------------------------------- */

/*
 * Guessing is for those who have the control socket but not the file. While it
 * is blocked the right one is refused as well, or the answer would tell.
 */
static bool old_key_fits(struct command_run *r, const char *given)
{
	struct master_store *s = r->ctx->store;
	uint64_t now = env_mono_ns(r->ctx->env);

	if (now < s->blocked_until) {
		err_set(r->e, -EAGAIN, "too many wrong keys: try again in %llu seconds",
			(unsigned long long)((s->blocked_until - now) / 1000000000ULL + 1));
		return false;
	}
	if (master_is(s->t6, given)) {
		s->wrong = 0;
		return true;
	}
	if (++s->wrong >= MASTER_WRONG_MAX)
		s->blocked_until = now + MASTER_BLOCK_NS;
	log_xi(SEV_WARNING, "TYPE6", "a wrong old key was given for a change of the master key");
	err_set(r->e, -EACCES, "the old key is wrong: the master key is not changed");
	return false;
}

/* --- setting ------------------------------------------------------------------------------- */

/* R-LOG-35: for the one who asked for it (R-PSK6-7). */
static void log_type6(const struct tree *t, const char *text, unsigned int verified)
{
	if (!t || !keys_logging(t))
		return;
	log_xi(SEV_INFO, "TYPE6_PASS", "%s", text);
	while (verified--)
		log_xi(SEV_INFO, "TYPE6_PASS", "Mac verification successful");
}

static void log_warnings(const struct diags *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		log_xi(SEV_WARNING, "TYPE6", "%s", d->list[i].text);
}

/*
 * The file first: it opens what the old master key made and what the new one
 * makes, so wherever a crash comes, the saved configuration stays readable.
 */
static enum master_verdict set_master(struct command_run *r, const char *text)
{
	struct master_ctx *c = r->ctx;
	bool first = !c->store->t6;
	struct keys_change change = {};
	struct type6 *t = master_change(c->store->t6, text, c->env, r->e);
	unsigned int verified;

	if (!t)
		return MASTER_FAILED;
	if ((c->running && keys_prepare(c->running, t, &change, &c->said, r->e)) ||
	    master_save(c->store->path, t, r->e)) {
		keys_drop(&change);
		type6_free(t);
		return MASTER_FAILED;
	}
	type6_free(c->store->t6);
	c->store->t6 = t;
	c->store->unreadable = false;
	verified = change.resealed;
	if (c->running)
		keys_commit(c->running, &change);
	log_type6(c->running, first ?
		  "New Master key configured, encrypting the keys with the new master key" :
		  "Master key change heralded, re-encrypting the keys with the new master key", verified);
	log_warnings(&c->said);
	return MASTER_DONE;
}

static enum master_verdict run_set(struct command_run *r, const char *text)
{
	const char *old = answer_to(r, MASTER_OLD), *confirm = answer_to(r, MASTER_CONFIRM);
	const char *new = text ? text : answer_to(r, MASTER_NEW);
	struct master_store *s = r->ctx->store;

	if (s->unreadable) {
		err_set(r->e, -EPERM, "%s is not usable (xipsecd -t says why): mend or remove it first",
			s->path);
		return MASTER_FAILED;
	}
	if (new && !type6_master_fits(new, r->e))
		return MASTER_FAILED;
	if (s->t6 && !old)
		return ask_for(r, MASTER_OLD, PROMPT_OLD, true);
	if (s->t6 && !old_key_fits(r, old))
		return MASTER_FAILED;
	if (!new)
		return ask_for(r, MASTER_NEW, PROMPT_NEW, true);
	if (!text && !confirm)
		return ask_for(r, MASTER_CONFIRM, PROMPT_CONFIRM, true);
	if (!text && strcmp(new, confirm)) {
		err_set(r->e, -EINVAL, "the two keys are not the same: the master key is not changed");
		return MASTER_FAILED;
	}
	return set_master(r, new);
}

/* --- deleting ------------------------------------------------------------------------------ */

static bool is_yes(const char *text)
{
	return !strcasecmp(text, "y") || !strcasecmp(text, "yes");
}

static bool is_no(const char *text)
{
	return !*text || !strcasecmp(text, "n") || !strcasecmp(text, "no");
}

/* R-PSK6-5: what is type 6 stays so, and cannot be used. */
static enum master_verdict run_delete(struct command_run *r)
{
	const char *answer = answer_to(r, MASTER_DELETE);
	struct master_store *s = r->ctx->store;

	if (!s->t6 && !s->unreadable) {
		err_set(r->e, -ENOENT, "there is no master key");
		return MASTER_FAILED;
	}
	if (!answer || (!is_yes(answer) && !is_no(answer)))
		return ask_for(r, MASTER_DELETE, PROMPT_DELETE, false);
	if (is_no(answer)) {
		diag_add(&r->ctx->said, DIAG_NOTICE, 0, "the master key is kept");
		return MASTER_DONE;
	}
	if (master_delete(s->path, r->e))
		return MASTER_FAILED;
	type6_free(s->t6);
	s->t6 = NULL;
	s->unreadable = false;
	s->wrong = 0;
	log_xi(SEV_NOTICE, "TYPE6", "the master key was deleted: type 6 keys cannot be used");
	return MASTER_DONE;
}

enum master_verdict master_command(struct master_ctx *ctx, bool no, const char *text,
				   const struct answer *answers, size_t nanswers,
				   struct ask *ask, struct err *e)
{
	struct command_run r = { ctx, answers, nanswers, ask, e };

	return no ? run_delete(&r) : run_set(&r, text);
}
