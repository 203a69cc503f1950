// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/command.h"

#include <string.h>

bool command_is(const struct command *c, const char *words)
{
	size_t len = strlen(words);
	const char *pattern = c->m->p->row->pattern;

	return !strncmp(pattern, words, len) && (!pattern[len] || pattern[len] == ' ');
}

bool command_has(const struct command *c, const char *keyword)
{
	unsigned int i;

	for (i = 0; i < c->m->ntokens; i++)
		if (c->m->token[i].el->word && !strcmp(c->m->token[i].el->word, keyword))
			return true;
	return false;
}

const char *command_arg(const struct command *c, const char *name)
{
	unsigned int i;

	for (i = 0; i < c->m->ntokens; i++)
		if (c->m->token[i].el->name && !strcmp(c->m->token[i].el->name, name))
			return c->m->token[i].text;
	return NULL;
}
