/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects of ours as netlink messages: a writer and a reader for each kind, in a
 * file each. Nothing is sent here (kobj_nl.c).
 */
#ifndef XIPSEC_KERNEL_KOBJ_MSG_H
#define XIPSEC_KERNEL_KOBJ_MSG_H

#include "user/kernel/kobj.h"
#include "user/kernel/nl.h"
#include "user/lib/hash.h"

/* Network devices of this namespace, of whoever: messages have numbers, objects names. */
struct kobj_dev {
	char		name[IF_NAMESIZE];
	int		ifindex;
	uint32_t	group;		/* IFLA_GROUP */
	uint32_t	if_id;		/* of an XFRM interface, else 0 */
	bool		ours;
};

struct kobj_devs {
	struct hash	by_name, by_index;
};

int kobj_devs_init(struct kobj_devs *d);	/* 0, -ENOMEM or no random numbers */
void kobj_devs_fini(struct kobj_devs *d);
int kobj_devs_clear(struct kobj_devs *d);
int kobj_devs_learn(struct kobj_devs *d, const struct kobj_dev *dev);	/* 0, -ENOMEM */
const struct kobj_dev *kobj_devs_by_name(const struct kobj_devs *d, const char *name);
const struct kobj_dev *kobj_devs_by_index(const struct kobj_devs *d, int ifindex);

/* What writers and readers have to know. */
struct kobj_world {
	struct kobj_devs devs;
	bool	sa_dir;		/* the kernel has XFRMA_SA_DIR (6.10) */
};

enum kobj_verb {
	KOBJ_NEW,	/* refused if it is there */
	KOBJ_SET,	/* in place of what is there; of a device: its mtu, alias, up or down */
	KOBJ_DROP,
	KOBJ_GET,	/* devices, SAs, policies */
};

/* The numbers that an SA has used up, to go on with in another one of the same keys. */
#define SA_REPLAY_WORDS	128

struct sa_replay {
	uint64_t	oseq, seq;
	uint32_t	window;
	uint32_t	words;		/* of bmp; 0: not known which numbers came */
	uint32_t	bmp[SA_REPLAY_WORDS];
};

struct kobj_codec {
	/*
	 * Type, flags, header and attributes into a request of NL_BATCH_ROOM bytes.
	 * 0, or a negative errno with *e: cannot be said, nothing was sent.
	 */
	int	(*write)(struct nlmsghdr *nlh, enum kobj_verb verb, const struct kobj *o,
			 const struct kobj_world *w, struct err *e);
	/*
	 * What the kernel tells. 0; -ENOENT: of somebody else, *o is filled all the
	 * same, so that its key can be compared; -EAFNOSUPPORT: no such object, or of
	 * a form that we never make; -EBADMSG.
	 */
	int	(*read)(const struct nlmsghdr *nlh, const struct kobj_world *w, struct kobj *o);
};

const struct kobj_codec *kobj_codec(enum kobj_kind kind);

extern const struct kobj_codec kobj_link_codec, kobj_addr_codec, kobj_sa_codec,
	kobj_policy_codec, kobj_route_codec, kobj_rule_codec;

/* As the codec's, with all that struct kobj_dev has. */
int kobj_link_read(const struct nlmsghdr *nlh, struct kobj *o, struct kobj_dev *dev);

/* KOBJ_NEW that goes on where another SA stopped (NULL: from the start). */
int kobj_sa_write_new(struct nlmsghdr *nlh, const struct kobj *o, const struct kobj_world *w,
		      const struct sa_replay *from, struct err *e);

/* XFRM_MSG_NEWSA, _DELSA: whether it tells of this SA, and how far that got. */
bool kobj_sa_read_replay(const struct nlmsghdr *nlh, const struct xi_sa_key *key,
			 struct sa_replay *at);

/* xfrm_selector, both ways. */
struct xfrm_selector;
void kobj_sel_write(const struct kobj_sel *sel, struct xfrm_selector *to);
int kobj_sel_read(const struct xfrm_selector *from, struct kobj_sel *sel);

/* Helpers: an address of `len` bytes by its family; false: too short. */
size_t kobj_addr_len(uint8_t family);		/* 0: no address */
void kobj_put_addr(struct nlmsghdr *nlh, uint16_t type, const struct addr *a);
bool kobj_get_addr(const struct nl_attr *a, uint8_t family, struct addr *to);
bool kobj_get_text(const struct nl_attr *a, char *to, size_t size);	/* cut if too long */

/* "route ...: File exists: what is missing", for kobj_op.why. */
void kobj_why(const struct kobj *o, int err, const char *words, char *why, size_t size);

#endif /* XIPSEC_KERNEL_KOBJ_MSG_H */
