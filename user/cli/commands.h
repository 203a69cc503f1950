/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of the EXEC level: one table, one row per place where a command
 * may stop or go on. Client and server read lines by it, so what one expands
 * the other understands.
 */
#ifndef XIPSEC_CLI_COMMANDS_H
#define XIPSEC_CLI_COMMANDS_H

#include <stdio.h>

#define COMMAND_LINE_MAX	1024
#define COMMAND_ARGS_MAX	2
#define COMMAND_ARG_MAX		128

enum command_id {
	CMD_NONE,		/* more words have to follow */
	CMD_CLEAR_COUNTERS,
	CMD_SHOW_DROPS,
	CMD_SHOW_DROP_SOURCES,
	CMD_SHOW_ENGINE,
	CMD_SHOW_LOGGING,
	CMD_SHOW_SA,
	CMD_SHOW_VERSION,
	CMD_MAX
};

/* What a row asks of its command; the SA_ words say which argument they take. */
enum command_flags {
	DROPS_ALL	= 0x01,
	SA_DETAIL	= 0x02,
	SA_PEER		= 0x04,	/* args[0]: address */
	SA_INTERFACE	= 0x08,	/* args[0]: name */
	SA_MAP		= 0x10,	/* args[0]: tag */
	SA_ADDRESS	= 0x20,	/* sorted by destination */
	SA_IDENTITY	= 0x40,	/* without the SAs */
};

/* A word in capitals is an argument; its kinds are in commands.c. */
struct command {
	const char	*path;
	const char	*help;		/* of the last word */
	enum command_id	id;
	unsigned int	flags;		/* enum command_flags */
	const char	*req;		/* where the requirement is written down */
};

struct command_line {
	const struct command *command;
	char		canonical[COMMAND_LINE_MAX];	/* keywords in full */
	unsigned int	nargs;
	char		args[COMMAND_ARGS_MAX][COMMAND_ARG_MAX];
};

enum command_verdict {
	COMMAND_OK,
	COMMAND_EMPTY,
	COMMAND_INCOMPLETE,
	COMMAND_AMBIGUOUS,
	COMMAND_INVALID,
};

/*
 * Reads a line: keywords in any case, shortened while unambiguous (R-CFG-2).
 * *column: for COMMAND_INVALID, the offset of the wrong word.
 */
enum command_verdict command_parse(const char *line, struct command_line *out, size_t *column);

/* The error as IOS says it (R-CFG-5), several lines; nothing for COMMAND_OK. */
void command_complain(FILE *out, const char *line, enum command_verdict verdict, size_t column);

/*
 * What may follow: `line` ends in '?'. After a blank (or alone) the words with
 * their help, within a word those that it begins. Verdict as command_parse().
 */
enum command_verdict command_help(FILE *out, const char *line, size_t *column);

/* Whether the two words name the same, the first perhaps shortened. */
int command_word_begins(const char *typed, size_t len, const char *word);

#endif /* XIPSEC_CLI_COMMANDS_H */
