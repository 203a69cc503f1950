// SPDX-License-Identifier: Apache-2.0
#include "user/cli/input.h"

#include <stdlib.h>
#include <string.h>

#include "user/cli/config.h"

int input_run(struct session *s, FILE *in)
{
	size_t room = 0, len;
	char *line = NULL;
	ssize_t n;
	int ret = 0;

	while (!s->done && (n = getline(&line, &room, in)) >= 0) {
		s->number++;
		len = strcspn(line, "\n");
		if (strlen(line) != (size_t)n) {
			ret |= session_fail(s, "", "a zero byte: this is not text");
			continue;
		}
		line[len] = '\0';
		ret |= session_line(s, line);
	}
	if (session_configures(s))
		ret |= config_flush(s);
	free(line);
	return ret || ferror(in);
}
