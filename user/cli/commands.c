/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cli/commands.h"

#include <ctype.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "user/lib/addr.h"

/*
 * Parents before children is not needed, but every parent needs its row: help
 * and "incomplete" come from it. Help texts of IOS words are IOS's.
 */
/* clang-format off */
static const struct command commands[] = {
	{ "clear",		"Reset functions", CMD_NONE, 0, NULL },
	{ "clear crypto",	"Encryption subsystem", CMD_NONE, 0, NULL },
	{ "clear crypto counters", "Counters of drops, of all SAs and sources",
		CMD_CLEAR_COUNTERS, 0, "R-SHOW-4" },
	{ "show",		"Show running system information", CMD_NONE, 0, NULL },
	{ "show crypto",	"Encryption module", CMD_NONE, 0, NULL },
	{ "show crypto drops",	"Packets by reason, those dropped and those passed",
		CMD_SHOW_DROPS, 0, "R-SHOW-3" },
	{ "show crypto drops all", "Reasons that were never met too",
		CMD_SHOW_DROPS, DROPS_ALL, "R-SHOW-3" },
	{ "show crypto drops sources", "Sources of unknown SPIs, busiest first",
		CMD_SHOW_DROP_SOURCES, 0, "R-SPI-7" },
	{ "show crypto engine",	"What runs in XDP, and where",
		CMD_SHOW_ENGINE, 0, "R-SHOW-3" },
	{ "show crypto ipsec",	"Show IPSEC policy", CMD_NONE, 0, NULL },
	{ "show crypto ipsec sa", "IPSEC SA table", CMD_SHOW_SA, 0, "R-SHOW-2" },
	{ "show crypto ipsec sa address", "IPSEC SA table in (dest) address order",
		CMD_SHOW_SA, SA_ADDRESS, "R-SHOW-2" },
	{ "show crypto ipsec sa address detail", "Show counter detail",
		CMD_SHOW_SA, SA_ADDRESS | SA_DETAIL, "R-SHOW-2" },
	{ "show crypto ipsec sa detail", "Show counter detail",
		CMD_SHOW_SA, SA_DETAIL, "R-ARW-13" },
	{ "show crypto ipsec sa identity", "IPSEC SADB identity tree",
		CMD_SHOW_SA, SA_IDENTITY, "R-SHOW-2" },
	{ "show crypto ipsec sa identity detail", "Show counter detail",
		CMD_SHOW_SA, SA_IDENTITY | SA_DETAIL, "R-SHOW-2" },
	{ "show crypto ipsec sa interface", "Show info for specific interface",
		CMD_NONE, 0, NULL },
	{ "show crypto ipsec sa interface INTERFACE", "Interface, by its Linux name",
		CMD_SHOW_SA, SA_INTERFACE, "R-SHOW-2" },
	{ "show crypto ipsec sa interface INTERFACE detail", "Show counter detail",
		CMD_SHOW_SA, SA_INTERFACE | SA_DETAIL, "R-SHOW-2" },
	{ "show crypto ipsec sa map", "IPSEC SA table for a specific crypto map",
		CMD_NONE, 0, NULL },
	{ "show crypto ipsec sa map NAME", "Crypto map tag",
		CMD_SHOW_SA, SA_MAP, "R-SHOW-2" },
	{ "show crypto ipsec sa map NAME detail", "Show counter detail",
		CMD_SHOW_SA, SA_MAP | SA_DETAIL, "R-SHOW-2" },
	{ "show crypto ipsec sa peer", "IPSEC SA table for all SAs with a peer address",
		CMD_NONE, 0, NULL },
	{ "show crypto ipsec sa peer ADDRESS", "IPv4 or IPv6 address of the peer",
		CMD_SHOW_SA, SA_PEER, "R-SHOW-2" },
	{ "show crypto ipsec sa peer ADDRESS detail", "Show counter detail",
		CMD_SHOW_SA, SA_PEER | SA_DETAIL, "R-SHOW-2" },
	{ "show logging",	"Show the contents of logging buffers",
		CMD_SHOW_LOGGING, 0, "R-SHOW-6" },
	{ "show version",	"Version of client, daemon and kernel",
		CMD_SHOW_VERSION, 0, "R-SHOW-3" },
};
/* clang-format on */

#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

static bool is_address(const char *text)
{
	struct addr a;

	return addr_parse(text, &a);
}

static bool is_interface(const char *text)
{
	return strlen(text) < IF_NAMESIZE && !strchr(text, '/');
}

static bool is_name(const char *text)
{
	return *text;
}

static const struct {
	const char *word;
	const char *shown;
	bool (*is)(const char *text);
} arguments[] = {
	{ "ADDRESS", "A.B.C.D or X:X::X", is_address },
	{ "INTERFACE", "WORD", is_interface },
	{ "NAME", "WORD", is_name },
};

#define NARGUMENTS	(sizeof(arguments) / sizeof(arguments[0]))

struct word {
	const char	*p;
	size_t		len;
};

/* The next word of *line, which moves behind it; false: none left. */
static bool next_word(const char **line, struct word *w)
{
	const char *p = *line + strspn(*line, " \t");

	w->p = p;
	w->len = strcspn(p, " \t");
	*line = p + w->len;
	return w->len;
}

int command_word_begins(const char *typed, size_t len, const char *word)
{
	return len && len <= strlen(word) && !strncasecmp(typed, word, len);
}

/* The last word of a row that stands directly below `prefix`, else NULL. */
static const char *child_word(const struct command *c, const char *prefix)
{
	size_t len = strlen(prefix);
	const char *word = c->path + len;

	if (strncmp(c->path, prefix, len))
		return NULL;
	if (len && *word++ != ' ')
		return NULL;
	return *word && !strchr(word, ' ') ? word : NULL;
}

static int argument_kind(const char *word)
{
	size_t i;

	for (i = 0; i < NARGUMENTS; i++)
		if (!strcmp(word, arguments[i].word))
			return (int)i;
	return -1;
}

static bool argument_fits(const char *word, const struct word *typed)
{
	char text[COMMAND_ARG_MAX];
	int kind = argument_kind(word);

	if (kind < 0 || typed->len >= sizeof(text))
		return false;
	memcpy(text, typed->p, typed->len);
	text[typed->len] = '\0';
	return arguments[kind].is(text);
}

/* A keyword in full beats shortened ones, a keyword beats an argument. */
static enum command_verdict find_child(const char *prefix, const struct word *typed,
				       const struct command **found)
{
	const struct command *keyword = NULL, *argument = NULL;
	unsigned int matches = 0;
	size_t i;

	for (i = 0; i < NCOMMANDS; i++) {
		const char *word = child_word(&commands[i], prefix);

		if (!word)
			continue;
		if (argument_kind(word) >= 0) {
			if (argument_fits(word, typed))
				argument = &commands[i];
		} else if (command_word_begins(typed->p, typed->len, word)) {
			keyword = &commands[i];
			if (strlen(word) == typed->len) {
				matches = 1;
				break;
			}
			matches++;
		}
	}
	if (matches > 1)
		return COMMAND_AMBIGUOUS;
	*found = keyword ? keyword : argument;
	return *found ? COMMAND_OK : COMMAND_INVALID;
}

static bool append_word(struct command_line *out, const char *text, size_t len)
{
	size_t used = strlen(out->canonical);

	if (used + len + 2 > sizeof(out->canonical))
		return false;
	if (used)
		out->canonical[used++] = ' ';
	memcpy(out->canonical + used, text, len);
	out->canonical[used + len] = '\0';
	return true;
}

static bool take_word(struct command_line *out, const struct word *typed)
{
	const char *word = strrchr(out->command->path, ' ');

	word = word ? word + 1 : out->command->path;
	if (argument_kind(word) < 0)
		return append_word(out, word, strlen(word));
	if (out->nargs == COMMAND_ARGS_MAX)
		return false;
	memcpy(out->args[out->nargs], typed->p, typed->len);	/* argument_fits() */
	out->args[out->nargs++][typed->len] = '\0';
	return append_word(out, typed->p, typed->len);
}

/* Walks down the rows; *out as far as it went. */
static enum command_verdict walk(const char *line, struct command_line *out, size_t *column)
{
	const char *rest = line;
	enum command_verdict v;
	struct word w;

	memset(out, 0, sizeof(*out));
	*column = 0;
	while (next_word(&rest, &w)) {
		const char *prefix = out->command ? out->command->path : "";

		*column = (size_t)(w.p - line);
		v = find_child(prefix, &w, &out->command);
		if (v)
			return v;
		if (!take_word(out, &w))
			return COMMAND_INVALID;
	}
	return out->command ? COMMAND_OK : COMMAND_EMPTY;
}

enum command_verdict command_parse(const char *line, struct command_line *out, size_t *column)
{
	enum command_verdict v = walk(line, out, column);

	if (v == COMMAND_OK && out->command->id == CMD_NONE)
		return COMMAND_INCOMPLETE;
	return v;
}

void command_complain(FILE *out, const char *line, enum command_verdict verdict, size_t column)
{
	switch (verdict) {
	case COMMAND_INVALID:
		fprintf(out, "%s\n%*s^\n%% Invalid input detected at '^' marker.\n", line,
			(int)column, "");
		break;
	case COMMAND_AMBIGUOUS:
		fprintf(out, "%% Ambiguous command:  \"%s\"\n", line);
		break;
	case COMMAND_INCOMPLETE:
	case COMMAND_EMPTY:
		fprintf(out, "%% Incomplete command.\n");
		break;
	case COMMAND_OK:
		break;
	}
}

static void help_row(FILE *out, const char *word, const char *help)
{
	int kind = argument_kind(word);

	if (kind >= 0)
		word = arguments[kind].shown;
	if (*help)
		fprintf(out, "  %-17s  %s\n", word, help);
	else
		fprintf(out, "  %s\n", word);
}

/* Words below prefix that begin with the typed ones; all for an empty one. */
static unsigned int help_list(FILE *out, const char *prefix, const struct word *typed)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < NCOMMANDS; i++) {
		const char *word = child_word(&commands[i], prefix);

		if (!word)
			continue;
		if (typed->len && (argument_kind(word) >= 0 ||
				   !command_word_begins(typed->p, typed->len, word)))
			continue;
		help_row(out, word, commands[i].help);
		n++;
	}
	return n;
}

enum command_verdict command_help(FILE *out, const char *line, size_t *column)
{
	struct command_line at;
	char before[COMMAND_LINE_MAX];
	enum command_verdict v;
	size_t len = strlen(line);
	struct word typed;

	if (!len || line[len - 1] != '?' || len > sizeof(before))
		return COMMAND_INVALID;
	for (len--; len && !isspace((unsigned char)line[len - 1]); len--)
		;
	memcpy(before, line, len);
	before[len] = '\0';
	typed.p = line + len;
	typed.len = strlen(typed.p) - 1;

	v = walk(before, &at, column);
	if (v != COMMAND_OK && v != COMMAND_EMPTY)
		return v;
	if (!help_list(out, at.command ? at.command->path : "", &typed) && typed.len) {
		*column = len;
		return COMMAND_INVALID;
	}
	if (!typed.len && at.command && at.command->id != CMD_NONE) {
		help_row(out, "|", "Output modifiers");
		help_row(out, "<cr>", "");
	}
	return COMMAND_OK;
}
