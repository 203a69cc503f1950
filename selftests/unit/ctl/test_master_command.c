// SPDX-License-Identifier: Apache-2.0
/* The questions of `key config-key password-encrypt`, and what comes of the answers (R-PSK6-2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <unistd.h>

#include "user/config/keys.h"
#include "user/config/load.h"
#include "user/config/print.h"
#include "user/ctl/master_command.h"
#include "user/lib/log.h"

#define OLD	"testkey 123"
#define NEW	"another key"
#define CLEAR	"clear-key-that-is-long-enough"

static char dir[] = "/tmp/xipsec-command-XXXXXX";
static char path[48];
static uint64_t now;

static uint64_t fake_time(void *ctx)
{
	return now;
}

static int count_random(void *ctx, void *buf, size_t len)
{
	static uint8_t n;

	memset(buf, ++n, len);
	return 0;
}

static const struct env env = { .mono_ns = fake_time, .wall_ns = fake_time, .random = count_random };

struct box {
	struct master_store store;
	struct tree	tree;
	struct diags	diags;
	struct master_ctx ctx;
	struct err	e;
};

static int setup(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/master-key", dir);
	return 0;
}

static int teardown(void **state)
{
	unlink(path);
	return rmdir(dir);
}

static void box_open(struct box *b, const char *master, const char *config)
{
	struct err e = {};
	struct load l;
	struct type6 *t;

	memset(b, 0, sizeof(*b));
	unlink(path);
	if (master) {
		t = master_change(NULL, master, &env, &e);
		assert_int_equal(master_save(path, t, &e), 0);
		type6_free(t);
	}
	assert_int_equal(master_store_open(&b->store, path, &e), 0);
	assert_int_equal(tree_init(&b->tree), 0);
	load_init(&l, grammar_get(&e), &b->tree, &b->diags);
	l.type6 = b->store.t6;
	load_text(&l, config, strlen(config));
	load_fini(&l);
	assert_int_equal(keys_protect(&b->tree, b->store.t6, &b->diags, &e), 0);
	b->ctx = (struct master_ctx){ .store = &b->store, .running = &b->tree, .env = &env };
}

static void box_close(struct box *b)
{
	diag_fini(&b->ctx.said);
	diag_fini(&b->diags);
	tree_fini(&b->tree);
	master_store_close(&b->store);
}

static char *running(const struct box *b)
{
	static char text[4096];
	FILE *f = fmemopen(text, sizeof(text), "w");

	print_config(&b->tree, PRINT_CLEAR, f);
	fclose(f);
	return text;
}

/*
 * Plays the client: each question is answered by the next of `typed`, as a
 * terminal would. Returns what was asked: "Old key: |New key: |".
 */
static const char *play(struct box *b, bool no, const char *text, const char *const *typed,
			enum master_verdict *v)
{
	static char asked[1000];
	struct answer given[8];
	struct ask ask;
	size_t n = 0;

	asked[0] = '\0';
	while ((*v = master_command(&b->ctx, no, text, given, n, &ask, &b->e)) == MASTER_ASK) {
		strcat(asked, ask.prompt);
		strcat(asked, "|");
		assert_int_equal(ask.hidden, strcmp(ask.name, MASTER_DELETE) != 0);
		if (!typed[n] || n == 8)
			break;
		given[n] = (struct answer){ ask.name, typed[n] };
		n++;
	}
	return asked;
}

#define O	"Old key: |"
#define N	"New key: |"
#define C	"Confirm key: |"
#define W	"WARNING: All type 6 encrypted keys will become unusable. Continue with master key deletion ? [yes/no]: |"

static const struct {
	const char	*name;
	const char	*before;	/* master key, NULL: none */
	bool		no;
	const char	*text;		/* behind the command */
	const char	*typed[5];
	const char	*asked;
	enum master_verdict verdict;
	const char	*after;
	const char	*says;
} rows[] = {
	{ "none, interactive", NULL, false, NULL, { NEW, NEW }, N C, MASTER_DONE, NEW, NULL },
	{ "none, with text", NULL, false, NEW, {}, "", MASTER_DONE, NEW, NULL },
	{ "none, text of two words", NULL, false, "testkey 123", {}, "", MASTER_DONE, "testkey 123", NULL },
	{ "one, interactive", OLD, false, NULL, { OLD, NEW, NEW }, O N C, MASTER_DONE, NEW, NULL },
	{ "one, with text", OLD, false, NEW, { OLD }, O, MASTER_DONE, NEW, NULL },
	{ "the same again", OLD, false, OLD, { OLD }, O, MASTER_DONE, OLD, NULL },
	{ "wrong old, interactive", OLD, false, NULL, { "testkey 124", NEW, NEW }, O, MASTER_FAILED, OLD, "the old key is wrong" },
	{ "wrong old, with text", OLD, false, NEW, { "" }, O, MASTER_FAILED, OLD, "the old key is wrong" },
	{ "not confirmed", NULL, false, NULL, { NEW, "another kez" }, N C, MASTER_FAILED, NULL, "not the same" },
	{ "not confirmed, one before", OLD, false, NULL, { OLD, NEW, "" }, O N C, MASTER_FAILED, OLD, "not the same" },
	{ "short", NULL, false, "1234567", {}, "", MASTER_FAILED, NULL, "at least 8 characters" },
	{ "short, before the old key is asked", OLD, false, "1234567", {}, "", MASTER_FAILED, OLD, "at least 8 characters" },
	{ "short, typed", NULL, false, NULL, { "1234567" }, N, MASTER_FAILED, NULL, "at least 8 characters" },
	{ "eight are enough", NULL, false, NULL, { "12345678", "12345678" }, N C, MASTER_DONE, "12345678", NULL },
	{ "given up at a prompt", OLD, false, NULL, { OLD }, O N, MASTER_ASK, OLD, NULL },
	{ "delete, yes", OLD, true, NULL, { "yes" }, W, MASTER_DONE, NULL, NULL },
	{ "delete, y", OLD, true, NULL, { "y" }, W, MASTER_DONE, NULL, NULL },
	{ "delete, Y", OLD, true, "text is not needed", { "Y" }, W, MASTER_DONE, NULL, NULL },
	{ "delete, no", OLD, true, NULL, { "no" }, W, MASTER_DONE, OLD, NULL },
	{ "delete, return", OLD, true, NULL, { "" }, W, MASTER_DONE, OLD, NULL },
	{ "delete, what", OLD, true, NULL, { "what" }, W W, MASTER_ASK, OLD, NULL },
	{ "delete, none", NULL, true, NULL, {}, "", MASTER_FAILED, NULL, "there is no master key" },
};

static void test_command_prompts(void **state)
{
	enum master_verdict v;
	struct master_store s;
	struct box b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *asked;

		box_open(&b, rows[i].before, "");
		asked = play(&b, rows[i].no, rows[i].text, rows[i].typed, &v);
		if (strcmp(asked, rows[i].asked) || v != rows[i].verdict)
			fail_msg("%s: asked %s, verdict %d: %s", rows[i].name, asked, v, b.e.text);
		if (rows[i].says)
			assert_non_null(strstr(b.e.text, rows[i].says));
		/* The store and the file agree, whatever happened. */
		assert_int_equal(b.store.t6 != NULL, rows[i].after != NULL);
		assert_true(!rows[i].after || master_is(b.store.t6, rows[i].after));
		assert_int_equal(master_store_open(&s, path, &b.e), 0);
		assert_int_equal(s.t6 != NULL, rows[i].after != NULL);
		assert_true(!rows[i].after || master_is(s.t6, rows[i].after));
		master_store_close(&s);
		box_close(&b);
	}
}

static enum master_verdict give_old(struct box *b, const char *old)
{
	enum master_verdict v;

	play(b, false, NEW, (const char *const[]){ old, NULL }, &v);
	return v;
}

/* Three wrong ones, then a minute: the right one waits as well. */
static void test_command_wrong_keys_wait(void **state)
{
	struct box b;
	int i;

	now = 5000000000ULL;
	box_open(&b, OLD, "");
	for (i = 0; i < MASTER_WRONG_MAX; i++) {
		assert_int_equal(give_old(&b, "guess"), MASTER_FAILED);
		assert_int_equal(b.e.code, -EACCES);
	}
	assert_int_equal(give_old(&b, OLD), MASTER_FAILED);
	assert_int_equal(b.e.code, -EAGAIN);
	assert_non_null(strstr(b.e.text, "try again in 61 seconds"));
	now += MASTER_BLOCK_NS - 1;
	assert_int_equal(give_old(&b, OLD), MASTER_FAILED);
	now += 1;
	/* One more guess a minute. */
	assert_int_equal(give_old(&b, "guess"), MASTER_FAILED);
	assert_int_equal(b.e.code, -EACCES);
	assert_int_equal(give_old(&b, OLD), MASTER_FAILED);
	assert_int_equal(b.e.code, -EAGAIN);
	now += MASTER_BLOCK_NS;
	assert_int_equal(give_old(&b, OLD), MASTER_DONE);
	assert_int_equal(give_old(&b, "guess"), MASTER_FAILED);
	assert_int_equal(give_old(&b, NEW), MASTER_DONE);
	box_close(&b);
}

static void ring_line(void *ctx, uint64_t wall_ns, const char *line)
{
	strcat(ctx, line);
	strcat(ctx, "\n");
}

static const char *ring(void)
{
	static char text[64 * 1024];

	text[0] = '\0';
	log_ring_each(ring_line, text);
	return text;
}

#define PASS	"%XIPSEC-6-TYPE6_PASS: "

/* R-PSK6-3, R-PSK6-7, R-LOG-35: what becomes of the keys, and who hears of it. */
static void test_command_keys_follow(void **state)
{
	struct box b;
	char *was;

	log_open("test", LOG_TO_STDERR, SEV_INFO, &env);
	box_open(&b, NULL, "password encryption aes\npassword logging\n"
			   "crypto isakmp key " CLEAR " address 192.0.2.1\n"
			   "crypto isakmp key " CLEAR " address 192.0.2.2\n"
			   "crypto isakmp key 6 CXWdhVTZYB_Vcd^`cIHD0ahiFTa address 192.0.2.3\n");
	assert_non_null(strstr(running(&b), "key " CLEAR));
	assert_int_equal(master_command(&b.ctx, false, OLD, NULL, 0, &(struct ask){}, &b.e), MASTER_DONE);
	assert_null(strstr(running(&b), CLEAR));
	assert_string_equal(ring(), PASS "New Master key configured, encrypting the keys with the new master key\n"
		"%XIPSEC-4-TYPE6: ciphertext for 192.0.2.3 is incompatible with the configured master key (not made by xipsec)\n");
	was = strdup(running(&b));
	diag_fini(&b.ctx.said);
	log_open("test", LOG_TO_STDERR, SEV_INFO, &env);
	assert_int_equal(give_old(&b, OLD), MASTER_DONE);
	assert_string_not_equal(running(&b), was);
	assert_int_equal(b.ctx.said.n, 1);
	assert_string_equal(ring(), PASS "Master key change heralded, re-encrypting the keys with the new master key\n"
		PASS "Mac verification successful\n"
		PASS "Mac verification successful\n"
		"%XIPSEC-4-TYPE6: ciphertext for 192.0.2.3 is incompatible with the configured master key (not made by xipsec)\n");
	free(was);
	box_close(&b);
	/* Without `password logging` nothing but what needs an operator. */
	log_open("test", LOG_TO_STDERR, SEV_INFO, &env);
	box_open(&b, OLD, "password encryption aes\ncrypto isakmp key " CLEAR " address 192.0.2.1\n");
	assert_int_equal(give_old(&b, OLD), MASTER_DONE);
	assert_string_equal(ring(), "");
	log_close();
	box_close(&b);
}

/* A file that cannot be written: nothing has changed, in the tree as little as in the store. */
static void test_command_file_fails(void **state)
{
	struct box b;
	char *was;

	box_open(&b, OLD, "password encryption aes\ncrypto isakmp key " CLEAR " address 192.0.2.1\n");
	was = strdup(running(&b));
	strcpy(b.store.path, "/nonexistent/master-key");
	assert_int_equal(give_old(&b, OLD), MASTER_FAILED);
	assert_non_null(strstr(b.e.text, "/nonexistent/master-key: No such file"));
	assert_string_equal(running(&b), was);
	assert_true(master_is(b.store.t6, OLD));
	free(was);
	box_close(&b);
}

/*
 * The saved configuration has strings of the old master key until it is saved
 * again: a crash in between costs no key. Then the old one is forgotten.
 */
static void test_command_old_key_until_saved(void **state)
{
	char saved[4096];
	const struct node *n;
	struct master_store s;
	struct secret key;
	struct diags d = {};
	struct load l;
	struct tree t;
	struct box b;
	unsigned int gens;

	box_open(&b, OLD, "password encryption aes\ncrypto isakmp key " CLEAR " address 192.0.2.1\n");
	strcpy(saved, running(&b));
	assert_int_equal(give_old(&b, OLD), MASTER_DONE);
	assert_string_not_equal(running(&b), saved);

	/* the next start: */
	assert_int_equal(master_store_open(&s, path, &b.e), 0);
	assert_int_equal(tree_init(&t), 0);
	load_init(&l, grammar_get(&b.e), &t, &d);
	l.type6 = s.t6;
	load_text(&l, saved, strlen(saved));
	load_fini(&l);
	assert_int_equal(d.count[DIAG_WARNING], 0);
	diag_fini(&d);
	for (n = t.root.first; !node_is(n, "crypto isakmp key"); n = n->next)
		;
	assert_int_equal(key_secret(n, s.t6, &key, &b.e), 0);
	assert_true(key.len == strlen(CLEAR) && !memcmp(key.b, CLEAR, key.len));
	secret_wipe(&key);
	assert_int_equal(keys_protect(&t, s.t6, NULL, &b.e), 0);
	assert_string_equal(node_arg(n, "key"), node_arg(b.tree.root.last, "key"));
	tree_fini(&t);
	master_store_close(&s);

	assert_int_equal(master_store_settle(&b.store, &b.e), 0);
	assert_int_equal(master_store_open(&s, path, &b.e), 0);
	type6_masters(s.t6, &gens);
	assert_int_equal(gens, 1);
	type6_masters(b.store.t6, &gens);
	assert_int_equal(gens, 1);
	assert_int_equal(key_secret(b.tree.root.last, s.t6, &key, &b.e), 0);
	secret_wipe(&key);
	master_store_close(&s);
	assert_int_equal(master_store_settle(&b.store, &b.e), 0);
	box_close(&b);
}

/* R-PSK6-5: they stay as they are and cannot be used; the same master key later opens them. */
static void test_command_deleted(void **state)
{
	enum master_verdict v;
	struct secret key;
	struct box b;
	char *was;

	box_open(&b, OLD, "password encryption aes\ncrypto isakmp key " CLEAR " address 192.0.2.1\n");
	was = strdup(running(&b));
	play(&b, true, NULL, (const char *const[]){ "yes", NULL }, &v);
	assert_string_equal(running(&b), was);
	assert_int_equal(key_secret(b.tree.root.last, b.store.t6, &key, &b.e), -ENOKEY);
	assert_int_equal(master_store_settle(&b.store, &b.e), 0);
	assert_int_equal(master_command(&b.ctx, false, OLD, NULL, 0, &(struct ask){}, &b.e), MASTER_DONE);
	assert_string_equal(running(&b), was);		/* as from another box: another salt */
	assert_int_equal(key_secret(b.tree.root.last, b.store.t6, &key, &b.e), 0);
	secret_wipe(&key);
	free(was);
	box_close(&b);
}

/* A file that others may read is neither used nor written over. */
static void test_command_unusable_file(void **state)
{
	enum master_verdict v;
	struct box b;

	box_open(&b, NULL, "");
	assert_int_equal(symlink("/nonexistent", path), 0);
	assert_int_not_equal(master_store_open(&b.store, path, &b.e), 0);
	assert_null(b.store.t6);
	assert_int_equal(master_command(&b.ctx, false, OLD, NULL, 0, &(struct ask){}, &b.e), MASTER_FAILED);
	assert_non_null(strstr(b.e.text, "mend or remove it first"));
	play(&b, true, NULL, (const char *const[]){ "yes", NULL }, &v);
	assert_int_equal(v, MASTER_DONE);
	assert_int_equal(master_command(&b.ctx, false, OLD, NULL, 0, &(struct ask){}, &b.e), MASTER_DONE);
	box_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command_prompts),
		cmocka_unit_test(test_command_wrong_keys_wait),
		cmocka_unit_test(test_command_keys_follow),
		cmocka_unit_test(test_command_file_fails),
		cmocka_unit_test(test_command_old_key_until_saved),
		cmocka_unit_test(test_command_deleted),
		cmocka_unit_test(test_command_unusable_file),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
