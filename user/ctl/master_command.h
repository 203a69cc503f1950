/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `[no] key config-key password-encrypt [TEXT]` (R-PSK6-1 to R-PSK6-7). It asks
 * questions, and whoever has the terminal answers them: the command is given
 * again with each answer, until it is done.
 *
 *	struct answer given[] = { { "old-key", typed }, ... };
 *	switch (master_command(&ctx, no, text, given, n, &ask, &e)) {
 *	case MASTER_DONE:	what ctx.said holds is shown
 *	case MASTER_ASK:	ask.prompt is shown, the answer goes to ask.name
 *	case MASTER_FAILED:	e.text is shown, nothing was changed
 *	}
 *
 * The texts given are wiped by their owner.
 */
#ifndef XIPSEC_CTL_MASTER_COMMAND_H
#define XIPSEC_CTL_MASTER_COMMAND_H

#include "user/config/diag.h"
#include "user/config/tree.h"
#include "user/crypto/master.h"

/* Wrong old keys in a row before the next has to wait, and how long. */
#define MASTER_WRONG_MAX	3
#define MASTER_BLOCK_NS		(60 * 1000000000ULL)

/* Names of the answers. */
#define MASTER_OLD	"old-key"
#define MASTER_NEW	"new-key"
#define MASTER_CONFIRM	"confirm-key"
#define MASTER_DELETE	"delete"

struct answer {
	const char	*name, *text;
};

/* The next question. */
struct ask {
	const char	*name;
	const char	*prompt;
	bool		hidden;		/* the answer is not shown while it is typed */
};

struct master_ctx {
	struct master_store *store;
	struct tree	*running;	/* its keys follow the master key; NULL: guard mode */
	const struct env *env;
	struct diags	said;		/* warnings and notices for the terminal; diag_fini()'s */
};

enum master_verdict { MASTER_DONE, MASTER_ASK, MASTER_FAILED };

/*
 * text: behind the command, NULL: none. Once done the file, the store and the
 * tree agree; the nodes of the tree stay where they are.
 */
enum master_verdict master_command(struct master_ctx *ctx, bool no, const char *text,
				   const struct answer *answers, size_t nanswers,
				   struct ask *ask, struct err *e);

#endif /* XIPSEC_CTL_MASTER_COMMAND_H */
