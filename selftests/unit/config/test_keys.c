// SPDX-License-Identifier: Apache-2.0
/* Keys of a configuration: clear, type 6, and from one to the other (R-PSK6-3 to R-PSK6-6). */
#include "selftests/unit/config/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/diff.h"
#include "user/config/keys.h"
#include "user/crypto/master.h"

static int count_random(void *ctx, void *buf, size_t len)
{
	static uint8_t n;

	memset(buf, ++n, len);
	return 0;
}

static const struct env env = { .random = count_random };
static struct type6 *t6;

static int setup(void **state)
{
	t6 = master_change(NULL, "testkey 123", &env, NULL);
	return t6 ? 0 : -1;
}

static int teardown(void **state)
{
	type6_free(t6);
	return 0;
}

static void load_with(struct conf *c, struct type6 *keys, const char *text)
{
	memset(c, 0, sizeof(*c));
	assert_int_equal(tree_init(&c->t), 0);
	load_init(&c->l, conf_grammar(), &c->t, &c->d);
	c->l.type6 = keys;
	load_text(&c->l, text, strlen(text));
}

static void more(struct conf *c, const char *text)
{
	load_text(&c->l, text, strlen(text));
}

static void protect(struct conf *c, struct type6 *keys)
{
	struct err e = {};

	if (keys_protect(&c->t, keys, &c->d, &e))
		fail_msg("%s", e.text);
}

/* Every place of a key that has a type 6 form (R-PSK6-4), and those without one. */
#define CLEAR1	"clear-key-number-one-is-long"
#define CLEAR2	"clear-key-number-two with blanks"
#define WITH_TYPE6								\
	"crypto isakmp key " CLEAR1 " address 192.0.2.1\n"			\
	"crypto isakmp key " CLEAR1 " hostname peer.example no-xauth\n"		\
	"crypto isakmp key 0 " CLEAR1 " address 198.51.100.0 255.255.255.0\n"	\
	"crypto keyring r\n"							\
	" pre-shared-key address 192.0.2.2 key \"" CLEAR2 "\"\n"		\
	" pre-shared-key hostname peer.example key " CLEAR1 "\n"		\
	"crypto isakmp client configuration group g\n"				\
	" key " CLEAR1 "\n"							\
	"crypto isakmp peer address 192.0.2.3\n"				\
	" set aggressive-mode password " CLEAR1 "\n"				\
	"crypto ikev2 keyring k\n"						\
	" peer p\n"								\
	"  pre-shared-key local " CLEAR1 "\n"					\
	"  pre-shared-key remote 0 " CLEAR1 "\n"				\
	"crypto ikev2 profile p\n"						\
	" authentication local pre-share key " CLEAR1 "\n"			\
	"crypto ipsec client ezvpn e\n"						\
	" group g key " CLEAR1 "\n"						\
	" username joe password " CLEAR1 "\n"					\
	"crypto legacy permit aggressive-psk\n"					\
	"interface eth0\n"							\
	" standby 1 authentication md5 key-string " CLEAR1 "\n"
#define NKEYS	13
#define WITHOUT_TYPE6								\
	"interface eth1\n"							\
	" standby 1 authentication text hsrptext\n"				\
	"crypto map m 10 ipsec-manual\n"					\
	" set session-key inbound esp 300 cipher 00112233445566778899aabbccddeeff authenticator 0102030405060708\n"

static char *print(const struct conf *c)
{
	return conf_print(c, PRINT_CLEAR);
}

static unsigned int count(const char *text, const char *what)
{
	unsigned int n = 0;

	while ((text = strstr(text, what))) {
		n++;
		text += strlen(what);
	}
	return n;
}

static void test_keys_all_become_type6(void **state)
{
	struct keys_change change;
	struct conf c, d;
	struct err e = {};
	struct diff diff;
	char *text, *again;

	load_with(&c, t6, WITH_TYPE6 WITHOUT_TYPE6 "password encryption aes\n");
	assert_int_equal(c.d.count[DIAG_ERROR], 0);
	text = print(&c);
	assert_int_equal(count(text, CLEAR1) + count(text, CLEAR2), NKEYS);
	free(text);
	assert_int_equal(keys_prepare(&c.t, t6, &change, &c.d, &e), 0);
	assert_int_equal(change.sealed, NKEYS);
	assert_int_equal(change.resealed, 0);
	text = print(&c);
	assert_int_equal(count(text, CLEAR1) + count(text, CLEAR2), NKEYS);	/* not yet */
	free(text);
	keys_commit(&c.t, &change);
	text = print(&c);
	assert_int_equal(count(text, CLEAR1) + count(text, CLEAR2), 0);
	assert_int_equal(count(text, " 6 x1"), NKEYS);
	assert_int_equal(count(text, "hsrptext") + count(text, "00112233445566778899aabbccddeeff"), 2);
	conf_expect(&c, DIAG_WARNING, 0, "stay clear in the file");
	/* It reads back as the same, without a word about keys, and sealing it again is no change. */
	load_with(&d, t6, text);
	assert_int_equal(d.d.count[DIAG_ERROR], 0);
	assert_false(conf_said(&d, DIAG_WARNING, 0, "ciphertext"));
	assert_int_equal(keys_prepare(&d.t, t6, &change, &d.d, &e), 0);
	assert_int_equal(change.n, 0);
	keys_drop(&change);
	again = print(&d);
	assert_string_equal(text, again);
	conf_fini(&d);
	/* The clear file loaded anew gives the same tree: a reload changes nothing. */
	load_with(&d, t6, WITH_TYPE6 WITHOUT_TYPE6 "password encryption aes\n");
	protect(&d, t6);
	assert_int_equal(diff_trees(&c.t, &d.t, &diff), 0);
	assert_int_equal(diff.n, 0);
	diff_fini(&diff);
	conf_fini(&d);
	conf_fini(&c);
	free(text);
	free(again);
}

/* After sealing a node is found, replaced and removed as before. */
static void test_keys_nodes_stay_themselves(void **state)
{
	struct conf c;

	load_with(&c, t6, "password encryption aes\ncrypto isakmp key " CLEAR1 " address 192.0.2.1\n");
	protect(&c, t6);
	more(&c, "crypto isakmp key 0 other-key-that-is-long-enough address 192.0.2.1\n");
	conf_expect_text(&c, "password encryption aes\n"
			     "crypto isakmp key other-key-that-is-long-enough address 192.0.2.1\n");
	protect(&c, t6);
	more(&c, "no crypto isakmp key x address 192.0.2.1\n");
	conf_expect_text(&c, "password encryption aes\n");
	conf_fini(&c);
}

static void test_keys_secret_for_use(void **state)
{
	static const char text[] = "crypto isakmp key " CLEAR1 " address 192.0.2.1\n"
				   "crypto isakmp key ******** address 192.0.2.2\n"
				   "crypto isakmp key 6 CXWdhVTZYB_Vcd^`cIHD0ahiFTa address 192.0.2.3\n"
				   "crypto isakmp policy 10\n";
	static const struct {
		int ret;
		const char *says;
	} want[] = {
		{ 0, CLEAR1 },
		{ -EINVAL, "the key for 192.0.2.2 is only asterisks" },
		{ -EBADMSG, "ciphertext for 192.0.2.3 is incompatible with the configured master key" },
		{ -ENOENT, "the line has no key" },
	};
	struct type6 *wrong = master_change(NULL, "another key", &env, NULL);
	struct secret s;
	struct err e = {};
	struct conf c;
	struct node *n;
	unsigned int i = 0;

	load_with(&c, t6, text);
	for (n = c.t.root.first; n; n = n->next, i++) {
		assert_int_equal(key_secret(n, t6, &s, &e), want[i].ret);
		if (want[i].ret)
			assert_non_null(strstr(e.text, want[i].says));
		else
			assert_true(s.len == strlen(CLEAR1) && !memcmp(s.b, CLEAR1, s.len));
	}
	assert_int_equal(i, 4);
	conf_fini(&c);
	load_with(&c, t6, "password encryption aes\ncrypto isakmp key " CLEAR1 " address 192.0.2.1\n");
	protect(&c, t6);
	n = c.t.root.last;
	assert_int_equal(key_secret(n, t6, &s, &e), 0);
	assert_true(s.len == strlen(CLEAR1) && !memcmp(s.b, CLEAR1, s.len));
	assert_int_equal(key_secret(n, NULL, &s, &e), -ENOKEY);
	assert_int_equal(s.len, 0);
	assert_int_equal(key_secret(n, wrong, &s, &e), -EKEYREJECTED);
	assert_non_null(strstr(e.text, "ciphertext for 192.0.2.1 is incompatible with the configured master key"));
	type6_free(wrong);
	conf_fini(&c);
}

/* R-PSK6-3, R-LOG-33: with one of the two commands only, keys stay clear. */
static void test_keys_one_command_only(void **state)
{
	static const char key[] = "crypto isakmp key " CLEAR1 " address 192.0.2.1\n";
	static const char aes[] = "password encryption aes\ncrypto isakmp key " CLEAR1 " address 192.0.2.1\n";
	struct conf c;

	load_with(&c, NULL, aes);
	conf_expect(&c, DIAG_WARNING, 1, "Can not encrypt password. Please configure a configuration-key with 'key config-key'");
	assert_string_equal(keys_advice(&c.t, NULL),
			    "Can not encrypt password. Please configure a configuration-key with 'key config-key'");
	protect(&c, NULL);
	conf_expect_text(&c, aes);
	assert_null(keys_advice(&c.t, t6));
	protect(&c, t6);
	assert_null(keys_advice(&c.t, t6));
	assert_null(keys_advice(&c.t, NULL));	/* nothing clear is left */
	conf_fini(&c);
	load_with(&c, t6, key);
	protect(&c, t6);
	conf_expect_text(&c, key);
	assert_string_equal(keys_advice(&c.t, t6),
			    "Can not encrypt password. Please configure 'password encryption aes'");
	assert_null(keys_advice(&c.t, NULL));
	conf_fini(&c);
	/* The master key is there, but we may not see it: no advice that is wrong. */
	memset(&c, 0, sizeof(c));
	assert_int_equal(tree_init(&c.t), 0);
	load_init(&c.l, conf_grammar(), &c.t, &c.d);
	c.l.type6_unreadable = true;
	load_text(&c.l, aes, strlen(aes));
	assert_false(conf_said(&c, DIAG_WARNING, 0, "Can not encrypt"));
	conf_fini(&c);
}

/* R-PSK6-5: `no password encryption aes` leaves type 6 alone, new keys stay clear. */
static void test_keys_encryption_off_again(void **state)
{
	struct conf c;
	char *text;

	load_with(&c, t6, "password encryption aes\ncrypto isakmp key " CLEAR1 " address 192.0.2.1\n");
	protect(&c, t6);
	more(&c, "no password encryption aes\n");
	more(&c, "crypto isakmp key " CLEAR1 " address 192.0.2.2\n");
	protect(&c, t6);
	text = print(&c);
	assert_non_null(strstr(text, "crypto isakmp key 6 x1"));
	assert_non_null(strstr(text, "crypto isakmp key " CLEAR1 " address 192.0.2.2\n"));
	free(text);
	conf_fini(&c);
}

/* R-PSK6-3, R-PSK6-6: another master key; what does not fit stays, and is named. */
static void test_keys_master_changed(void **state)
{
	struct type6 *next = master_change(t6, "another key", &env, NULL);
	struct type6 *box = master_change(NULL, "another key", &env, NULL);
	struct type6 *stranger = master_change(NULL, "not of ours", &env, NULL);
	char mine[TYPE6_STR_MAX], theirs[TYPE6_STR_MAX], lost[TYPE6_STR_MAX], text[4096], *was, *now;
	struct keys_change change;
	struct err e = {};
	struct conf c;

	type6_seal(t6, CLEAR1, mine);
	type6_seal(box, CLEAR1, theirs);
	type6_seal(stranger, CLEAR1, lost);
	snprintf(text, sizeof(text),
		 "crypto isakmp key 6 %s address 192.0.2.1\n"
		 "crypto isakmp key 6 %s address 192.0.2.2\n"
		 "crypto isakmp key 6 %s address 192.0.2.3\n"
		 "crypto isakmp key 6 CXWdhVTZYB_Vcd^`cIHD0ahiFTa address 192.0.2.4\n"
		 "crypto isakmp key " CLEAR1 " address 192.0.2.5\n", mine, theirs, lost);
	load_with(&c, next, text);
	conf_expect(&c, DIAG_WARNING, 3, "ciphertext for 192.0.2.3 is incompatible with the configured master key (made with another master key)");
	conf_expect(&c, DIAG_WARNING, 4, "ciphertext for 192.0.2.4 is incompatible with the configured master key (not made by xipsec)");
	assert_false(conf_said(&c, DIAG_WARNING, 1, "ciphertext"));
	assert_false(conf_said(&c, DIAG_WARNING, 2, "ciphertext"));
	diag_fini(&c.d);
	was = print(&c);
	assert_int_equal(keys_prepare(&c.t, next, &change, &c.d, &e), 0);
	assert_int_equal(change.resealed, 1);
	assert_int_equal(change.sealed, 0);	/* encryption is off */
	assert_int_equal(c.d.count[DIAG_WARNING], 2);
	conf_expect(&c, DIAG_WARNING, 3, "ciphertext for 192.0.2.3 is incompatible");
	conf_expect(&c, DIAG_WARNING, 4, "ciphertext for 192.0.2.4 is incompatible");
	now = print(&c);
	assert_string_equal(was, now);
	free(now);
	keys_commit(&c.t, &change);
	now = print(&c);
	assert_null(strstr(now, mine));
	assert_non_null(strstr(now, theirs));
	assert_non_null(strstr(now, lost));
	assert_int_equal(count(now, CLEAR1), 1);
	free(was);
	free(now);
	conf_fini(&c);
	type6_free(next);
	type6_free(box);
	type6_free(stranger);
}

/* `xipsecd -t` without the master key: what cannot be told is not called wrong. */
static void test_keys_without_master(void **state)
{
	char mine[TYPE6_STR_MAX], text[2048];
	struct conf c;

	type6_seal(t6, CLEAR1, mine);
	snprintf(text, sizeof(text),
		 "crypto isakmp key 6 %s address 192.0.2.1\n"
		 "crypto isakmp key 6 %s address 192.0.2.2\n"
		 "crypto isakmp key 6 CXWdhVTZYB_Vcd^`cIHD0ahiFTa address 192.0.2.4\n"
		 "crypto isakmp key 6 %.70s address 192.0.2.5\n", mine, mine, mine);
	load_with(&c, NULL, text);
	conf_expect(&c, DIAG_NOTICE, 1, "type 6 keys cannot be opened here: there is no master key");
	assert_false(conf_said(&c, DIAG_NOTICE, 2, "type 6"));
	assert_int_equal(c.d.count[DIAG_WARNING], 2);
	conf_expect(&c, DIAG_WARNING, 3, "(not made by xipsec)");
	conf_expect(&c, DIAG_WARNING, 4, "(damaged, or made by a later version)");
	conf_fini(&c);
	memset(&c, 0, sizeof(c));
	assert_int_equal(tree_init(&c.t), 0);
	load_init(&c.l, conf_grammar(), &c.t, &c.d);
	c.l.type6_unreadable = true;
	load_text(&c.l, text, strlen(text));
	conf_expect(&c, DIAG_NOTICE, 1, "the master key cannot be read");
	conf_fini(&c);
}

static void test_keys_too_long(void **state)
{
	char text[400] = "crypto isakmp key ";
	struct conf c;

	memset(text + strlen(text), 'k', SECRET_MAX);
	strcat(text, " address 192.0.2.1\n");
	conf_load(&c, text);
	assert_int_equal(c.d.count[DIAG_ERROR], 0);
	conf_fini(&c);
	text[18 + SECRET_MAX] = 'k';
	strcpy(text + 18 + SECRET_MAX + 1, " address 192.0.2.1\n");
	conf_load(&c, text);
	conf_expect(&c, DIAG_ERROR, 1, "key for 192.0.2.1 has more than 128 bytes");
	conf_expect_text(&c, "");
	conf_fini(&c);
}

/* tree_retext() has room for one `6`. */
static void test_keys_one_type6_for_each_row(void **state)
{
	const struct grammar *g = conf_grammar();
	size_t i;

	for (i = 0; i < g->n; i++) {
		const struct pattern *p = &g->pattern[i];
		unsigned int j, n = 0;

		for (j = 0; j < p->n; j++) {
			n += p->elem[j].word && !strcmp(p->elem[j].word, "6");
			/* It tells no instances apart: it may change under them. */
			if (p->elem[j].name && arg_is_secret(&p->elem[j].spec))
				assert_false(p->elem[j].key || p->row->flags & R_MULTI);
		}
		assert_true(n <= 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_all_become_type6),
		cmocka_unit_test(test_keys_nodes_stay_themselves),
		cmocka_unit_test(test_keys_secret_for_use),
		cmocka_unit_test(test_keys_one_command_only),
		cmocka_unit_test(test_keys_encryption_off_again),
		cmocka_unit_test(test_keys_master_changed),
		cmocka_unit_test(test_keys_without_master),
		cmocka_unit_test(test_keys_too_long),
		cmocka_unit_test(test_keys_one_type6_for_each_row),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
