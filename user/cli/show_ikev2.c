// SPDX-License-Identifier: Apache-2.0
/* R-IKE-24. */
#include <ctype.h>
#include <string.h>

#include "user/cli/notes.h"
#include "user/cli/show.h"
#include "user/cli/view.h"

static const struct {
	int	group, bits;
	const char *kind;
} ikev2_groups[] = {
	{ 2, 1024, "MODP" }, { 5, 1536, "MODP" }, { 14, 2048, "MODP" }, { 15, 3072, "MODP" },
	{ 16, 4096, "MODP" }, { 19, 256, "ECP" }, { 20, 384, "ECP" }, { 21, 521, "ECP" },
};

/* "aes-cbc-256" -> "AES-CBC-256"; as integrity, "sha1" is cut to 96 bits and named so. */
static void show_ikev2_words(FILE *out, const json_t *list, bool integrity)
{
	const json_t *word;
	size_t i;

	if (!json_array_size(list))
		fputs(" none", out);
	json_array_foreach(list, i, word) {
		const char *name = view_str(word, "");

		fputc(' ', out);
		if (integrity && !strcmp(name, "sha1"))
			name = "SHA96";
		for (; *name; name++)
			fputc(toupper((unsigned char)*name), out);
	}
	fputc('\n', out);
}

static void show_ikev2_group(FILE *out, long long group)
{
	size_t i;

	for (i = 0; i < sizeof(ikev2_groups) / sizeof(ikev2_groups[0]); i++)
		if (ikev2_groups[i].group == group)
			fprintf(out, " DH_GROUP_%d_%s/Group %lld", ikev2_groups[i].bits,
				ikev2_groups[i].kind, group);
}

void show_ikev2_proposal(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "proposals"), *p, *groups, *group;
	size_t i, k;

	(void)c;
	json_array_foreach(list, i, p) {
		fprintf(out, "IKEv2 proposal: %s\n Encryption :", view_str(p, "name"));
		show_ikev2_words(out, view_at(p, "encryption"), false);
		fputs(" Integrity  :", out);
		show_ikev2_words(out, view_at(p, "integrity"), true);
		fputs(" PRF        :", out);
		show_ikev2_words(out, view_at(p, "prf"), false);
		fputs(" DH Group   :", out);
		groups = view_at(p, "dh-groups");
		json_array_foreach(groups, k, group)
			show_ikev2_group(out, (long long)json_integer_value(group));
		fputc('\n', out);
		notes_show(out, p, 1);
	}
}
