/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of a configuration, clear or type 6 (R-PSK6): what `password
 * encryption aes` and a master key make of them, and opening one for use.
 *
 * An argument of type `secret` that may stand behind `6` has a type 6 form. Keys
 * entered by hand (`set session-key`) and the text of HSRP have none, here as on
 * routers: they stay clear in the file, and are masked where they are shown.
 */
#ifndef XIPSEC_CONFIG_KEYS_H
#define XIPSEC_CONFIG_KEYS_H

#include "user/config/diag.h"
#include "user/config/tree.h"
#include "user/crypto/type6.h"

/* R-LOG-33 */
#define KEYS_NO_MASTER \
	"Can not encrypt password. Please configure a configuration-key with 'key config-key'"
#define KEYS_NO_AES \
	"Can not encrypt password. Please configure 'password encryption aes'"

/* What is to be done to a tree. */
struct keys_change {
	struct keys_edit {
		struct node	*n;
		unsigned int	i;		/* token of the key */
		const struct elem *flag;	/* `6`, if it is not there yet */
		char		*text, *word;
	}		*edit;
	size_t		n, room;
	unsigned int	sealed;		/* clear ones */
	unsigned int	resealed;	/* those of a master key before, each verified */
};

/*
 * What `password encryption aes` (if the tree has it) and the master key `t6`
 * want: clear keys become type 6, and those made with a master key before become
 * ones of that in use; each is opened again before it counts. Ciphertext that
 * does not fit stays, with a warning in *d (R-LOG-34). The tree is not changed.
 * 0, or a negative errno with *e and an empty change.
 */
int keys_prepare(const struct tree *t, struct type6 *t6, struct keys_change *c, struct diags *d,
		 struct err *e);
/* Cannot fail. Nodes stay where they are; *c is finished. */
void keys_commit(struct tree *t, struct keys_change *c);
void keys_drop(struct keys_change *c);		/* a zeroed one is fine */

/* Both, for a tree that was loaded or entered. t6 NULL: nothing to do. */
int keys_protect(struct tree *t, struct type6 *t6, struct diags *d, struct err *e);

/* Whether `password encryption aes`, `password logging` is there. */
bool keys_encryption(const struct tree *t);
bool keys_logging(const struct tree *t);

/*
 * What showing or saving this tree has to say first (R-PSK6-3, R-LOG-33): a key
 * stays clear since only one of the two commands was given. NULL: nothing.
 */
const char *keys_advice(const struct tree *t, const struct type6 *t6);

/*
 * The key of a line, clear, to be wiped by the caller; t6 may be NULL. 0;
 * -ENOENT: the line has no key; -ENOKEY: type 6 and no master key;
 * -EKEYREJECTED, -EBADMSG: R-LOG-34 in *e; -EINVAL: asterisks, not a key.
 */
int key_secret(const struct node *n, struct type6 *t6, struct secret *out, struct err *e);

/* Whom a key is for: "10.0.0.2", "username joe", for messages. Returns buf. */
const char *key_owner(const struct node *n, char *buf, size_t size);

/* Token i of the line: a secret, one that may be type 6, one that is. */
bool key_at(const struct node *n, unsigned int i);
const struct elem *key_flag(const struct node *n, unsigned int i);	/* NULL: no type 6 form */
bool key_is_type6(const struct node *n, unsigned int i);
/* As `show running-config` prints it. */
bool key_is_mask(const char *text);

#endif /* XIPSEC_CONFIG_KEYS_H */
