// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/legacy.h"

#include "user/config/check.h"
#include "user/ctl/answer.h"

static const struct {
	unsigned int	bit;
	const char	*class;
} legacy_classes[] = {
	{ LEGACY_3DES, "3des" },
	{ LEGACY_DH_WEAK, "dh-weak" },
	{ LEGACY_AGGRESSIVE, "aggressive-psk" },
};

unsigned int legacy_of(const struct node *n)
{
	unsigned int all = n ? n->legacy : 0;
	const struct node *c;

	if (n)
		for_each_child(c, n)
			all |= c->legacy;
	return all;
}

json_t *legacy_json(unsigned int classes)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(legacy_classes) / sizeof(legacy_classes[0]); i++)
		if (classes & legacy_classes[i].bit)
			json_array_append_new(list, json_string(legacy_classes[i].class));
	return list;
}

json_t *inactive_json(const struct node *n)
{
	if (!n->inactive)
		return json_null();
	return answer_text(n->why ? n->why : "not whole");
}
