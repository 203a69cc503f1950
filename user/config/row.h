/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command of the language as data. One table per family (table_*.c) holds the
 * rows; grammar.c joins them. Parsing, help, completion, printing, the diff and
 * docs/commands.md all come from the rows, and no command is known elsewhere.
 *
 * The pattern of a row:
 *	word		a keyword, in lower case; `a/b`: b is typed too, a is printed
 *	<name:type>	an argument; the types are in arg.c, `@x` refers to an object
 *	<name:type=V>	V is what the argument means when left out, and not printed
 *	{ a | b }	one of them
 *	[ a | b ]	one of them or none
 *	x ...		x once or more often
 *	*x, <*x:type>	x tells instances of the command apart (its identity)
 *	~x		x is what is meant without it, and not printed
 */
#ifndef XIPSEC_CONFIG_ROW_H
#define XIPSEC_CONFIG_ROW_H

#include <stddef.h>
#include <stdint.h>

enum mode {
	M_NONE,			/* of a row: enters no mode */
	M_EXEC,
	M_USER,			/* EXEC before `enable`: what reveals no policy */
	M_GLOBAL,
	M_ACL,
	M_ACL6,
	M_CERTMAP,
	M_CLIENT_GROUP,
	M_CMAP,
	M_DYNMAP,
	M_EZVPN,
	M_IF,
	M_ISAKMP_PEER,
	M_ISAKMP_POLICY,
	M_ISAKMP_PROFILE,
	M_KEYRING,
	M_KEYRING2,
	M_KEYRING2_PEER,
	M_MAP,
	M_PMAP,
	M_PMAP_C,
	M_POLICY2,
	M_PROFILE,
	M_PROFILE2,
	M_PROPOSAL2,
	M_PUBKEY,
	M_PUBKEY_CHAIN,
	M_RAW,			/* lines as they are, until `quit` */
	M_SSP,
	M_TRUSTPOINT,
	M_TSET,
	M_UNRELATED,		/* below a line that has nothing to do with IPsec */
	M_MAX
};

#define IN(mode)	(1ULL << (mode))

/* What a row defines, and what an argument `@x` refers to. */
enum object {
	O_NONE, O_ACL, O_CERTMAP, O_CLASS, O_DYNMAP, O_EZVPN, O_HSRP, O_IF, O_IPSEC_PROFILE,
	O_ISAKMP_PROFILE, O_KEYRING, O_KEYRING2, O_MAP, O_PMAP, O_POOL, O_PROFILE2, O_PROPOSAL2,
	O_SSP, O_TRUSTPOINT, O_TSET, O_VRF,
	O_MAX
};

enum row_flags {
	R_MULTI		= 0x001,	/* each different line is an instance of its own */
	R_UNRELATED	= 0x002,	/* C.6: no effect, one notice per prefix and load (R-CFG-4) */
	R_INERT		= 0x004,	/* about IPsec, without effect here; the note says why */
	R_ONESHOT	= 0x008,	/* does something once, is not configuration */
	R_ON		= 0x010,	/* on by default: only the `no` form is kept and printed */
	R_EXACT		= 0x020,	/* words behind the leading ones may not be shortened */
	R_NO_FULL	= 0x040,	/* the `no` form repeats the whole line */
	R_SORTED	= 0x080,	/* instances are printed by identity, else as entered */
	R_BANNER	= 0x100,	/* text up to a delimiter follows (R-CFG-4) */
	R_EXEC_NO	= 0x200,	/* an EXEC command that has a `no` form; others have none */
};

struct node;
struct load;

struct row {
	const char	*pattern;
	const char	*help;
	uint64_t	modes;		/* IN(x) | ... */
	enum mode	enters;
	unsigned int	flags;
	const char	*dflt;		/* printed forms that mean the default, `|` between them */
	const char	*req;		/* where the requirement is written down */
	const char	*note;		/* section E, or what R_INERT and R_ONESHOT say */
	const char	*noun;		/* "unknown NOUN"; NULL: keyword */
	const char	*fill;		/* a word that is meant when only the identity is given */
	enum object	defines;	/* named by the first argument of the identity */
	/* Judges a line as it comes; false: refused, and the reason is said. */
	_Bool		(*check)(struct load *l, struct node *n);
};

struct row_table {
	const struct row *rows;
	size_t		n;
};

#define ROW_TABLE(array)	{ array, sizeof(array) / sizeof((array)[0]) }

extern const struct row_table table_acl, table_below_interface, table_exec, table_ha, table_ikev2,
	table_interface, table_ipsec, table_isakmp, table_map, table_pki, table_qos, table_system,
	table_unrelated;

#endif /* XIPSEC_CONFIG_ROW_H */
