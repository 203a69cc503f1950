// SPDX-License-Identifier: Apache-2.0
/* R-IKE-4 in the newer layout, with the long names of algorithms; R-IKE-6. */
#include <string.h>

#include "user/cli/notes.h"
#include "user/cli/show.h"
#include "user/cli/view.h"

struct long_name {
	const char	*name;
	const char	*text;
};

/* clang-format off */
static const struct long_name isakmp_ciphers[] = {
	{ "3des",	"Three key triple DES" },
	{ "aes-128",	"AES - Advanced Encryption Standard (128 bit keys)." },
	{ "aes-192",	"AES - Advanced Encryption Standard (192 bit keys)." },
	{ "aes-256",	"AES - Advanced Encryption Standard (256 bit keys)." },
	{ NULL, NULL },
}, isakmp_hashes[] = {
	{ "sha",	"Secure Hash Standard" },
	{ "sha256",	"Secure Hash Standard 2 (256 bit)" },
	{ "sha384",	"Secure Hash Standard 2 (384 bit)" },
	{ "sha512",	"Secure Hash Standard 2 (512 bit)" },
	{ NULL, NULL },
}, isakmp_methods[] = {
	{ "pre-share",	"Pre-Shared Key" },
	{ "rsa-sig",	"Rivest-Shamir-Adleman Signature" },
	{ "ecdsa-sig",	"Elliptic Curve Digital Signature Algorithm" },
	{ NULL, NULL },
};
/* clang-format on */

static const struct {
	int	group, bits;
} isakmp_groups[] = {
	{ 2, 1024 }, { 5, 1536 }, { 14, 2048 }, { 15, 3072 }, { 16, 4096 }, { 19, 256 },
	{ 20, 384 }, { 21, 521 },
};

/* What is not known is shown as it came. */
static const char *isakmp_long(const struct long_name *names, const json_t *policy,
			       const char *leaf)
{
	const char *name = view_str(policy, leaf);

	for (; names->name; names++)
		if (!strcmp(names->name, name))
			return names->text;
	return name;
}

static void show_isakmp_group(FILE *out, long long group)
{
	size_t i;

	fprintf(out, " Diffie-Hellman group: #%lld", group);
	for (i = 0; i < sizeof(isakmp_groups) / sizeof(isakmp_groups[0]); i++)
		if (isakmp_groups[i].group == group)
			fprintf(out, " (%d bit)", isakmp_groups[i].bits);
	fputc('\n', out);
}

static void show_isakmp_suite(FILE *out, const json_t *p)
{
	fprintf(out, " encryption algorithm: %s\n",
		isakmp_long(isakmp_ciphers, p, "encryption-algorithm"));
	/* R-LOG-32: here, as routers do. */
	if (json_is_false(view_at(p, "supported")))
		fprintf(out, "WARNING:encryption hardware does not support the configured"
			" encryption method for ISAKMP policy %lld\n",
			(long long)view_int(p, "priority"));
	fprintf(out, " hash algorithm: %s\n", isakmp_long(isakmp_hashes, p, "hash-algorithm"));
	fprintf(out, " authentication method: %s\n",
		isakmp_long(isakmp_methods, p, "authentication-method"));
	show_isakmp_group(out, (long long)view_int(p, "dh-group"));
	fprintf(out, " lifetime: %lld seconds, no volume limit\n",
		(long long)view_int(p, "lifetime"));
	notes_show(out, p, 1);
}

void show_isakmp_policy(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "policies"), *p;
	size_t i;

	(void)c;
	fputs("\nGlobal IKE policy\n", out);
	json_array_foreach(list, i, p) {
		fprintf(out, "Protection suite of priority %lld\n",
			(long long)view_int(p, "priority"));
		show_isakmp_suite(out, p);
	}
	fputs("Default protection suite\n", out);
	show_isakmp_suite(out, view_at(result, "default-policy"));
}

/* The keys themselves never leave the daemon. */
void show_isakmp_key(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "keys"), *k;
	const char *before = "";
	size_t i;

	(void)c;
	fputs("Keyring      Hostname/Address                            Preshared Key\n\n", out);
	json_array_foreach(list, i, k) {
		const char *ring = view_str(k, "keyring"), *mask = view_str(k, "mask");
		bool host = view_is_null(k, "address");
		char whom[160];

		if (view_is_null(k, "mask"))
			snprintf(whom, sizeof(whom), "%.140s",
				 view_str(k, host ? "hostname" : "address"));
		else
			snprintf(whom, sizeof(whom), "%-14.80s [%.60s]", view_str(k, "address"),
				 mask);
		fprintf(out, "%-12s %-43s %s\n", strcmp(ring, before) ? ring : "", whom,
			view_bool(k, "encrypted") ? "(encrypted)" : "********");
		before = ring;
	}
}
