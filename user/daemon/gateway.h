/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gateway as its parts see it: what is configured, what was made of it in
 * the kernel, and the data plane in front. The event loop owns it; user/ctl
 * answers questions about it and gives it new configurations.
 *
 * Start, reload and a line at the prompt take one path: a tree of the
 * configuration, a plan of it, the difference to what the kernel has, and doing that.
 */
#ifndef XIPSEC_DAEMON_GATEWAY_H
#define XIPSEC_DAEMON_GATEWAY_H

#include "user/config/diag.h"
#include "user/config/load.h"
#include "user/crypto/master.h"
#include "user/daemon/guard.h"
#include "user/plan/plan.h"

/* `debug crypto ...`: what is told at SEV_DEBUG, and kept for `show logging`. */
enum gateway_debug {
	DEBUG_ISAKMP	= 0x1,
	DEBUG_IKEV2	= 0x2,
	DEBUG_IPSEC	= 0x4,
	DEBUG_SSP	= 0x8,
	DEBUG_STANDBY	= 0x10,
};

struct gateway_private;

struct gateway {
	const struct env *env;
	struct guard	guard;
	bool		configured;	/* false: guard mode, `running` is NULL */
	struct tree	*running;	/* what `show running-config` tells */
	struct plan	plan;		/* of `running`, as it was last applied */
	unsigned int	debug;		/* enum gateway_debug */
	char		startup[256];	/* path of the startup configuration */
	struct master_store master;	/* of type 6 keys (R-PSK6) */
	struct gateway_private *priv;
};

#define GATEWAY_CONFIG	"/etc/xipsec/startup-config"

struct gateway_opts {
	struct bpf_opts	bpf;
	const char	*const *ifs;	/* guarded whatever is configured */
	unsigned int	nifs;
	const char	*config;	/* path; NULL: guard mode */
	bool		may_be_missing;	/* then it begins empty, like a router out of its box */
	const char	*iftable;		/* path; NULL: "interfaces" beside the configuration */
	const char	*master_key;		/* path; NULL: MASTER_KEY_PATH */
};

/*
 * Everything up. Lines of the configuration that are wrong are logged and left
 * out, as a router does at its start (R-CFG-4). On failure nothing is left that
 * was not there before, save what an earlier daemon left.
 */
int gateway_open(struct gateway *gw, const struct env *env, const struct gateway_opts *o,
		 struct err *e);

/* Lets go; tunnels and protection stay. */
void gateway_close(struct gateway *gw);

/* After a start that failed: what it loaded and attached, off again. */
void gateway_undo(struct gateway *gw);

/* What is ours in the kernel goes, tunnels too: for `xipsecd --detach`. */
int gateway_remove_all(struct err *e);

/*
 * Reads a file (NULL: the startup configuration) and makes it the running one.
 * A file with errors changes nothing: -EINVAL, and what is wrong in *d, which
 * is diag_fini()'s in every case.
 */
int gateway_reload(struct gateway *gw, const char *path, struct diags *d, struct err *e);

/* `running` was changed: the difference is done. Failures of single objects are no error here. */
int gateway_apply(struct gateway *gw, struct err *e);

/* As gateway_apply(), but the kernel is asked first what it has: somebody took something away. */
int gateway_reapply(struct gateway *gw, struct err *e);

/*
 * An outbound SA of ours is about to be deleted and made again, and has sent up to
 * this number: the new one goes on behind it, with room for what is sent meanwhile.
 * A number is never used twice with one key, and the peer's window still fits.
 */
void gateway_keep_number(struct gateway *gw, const struct xi_sa_key *key, uint64_t oseq);

/* Objects that the kernel refused when it was last asked: "crypto map lab 10 on eth0", why. */
void gateway_each_failure(const struct gateway *gw,
			  void (*each)(void *ctx, const char *owner, const char *why), void *ctx);

/* Something that the plan depends on may have changed: gateway_catch_up() is due. */
bool gateway_is_due(const struct gateway *gw);
int gateway_catch_up(struct gateway *gw, struct err *e);

/* The Linux device of an interface by its IOS or Linux name; NULL: not present (R-CFG-8). */
const char *gateway_device(const struct gateway *gw, const char *name);
/* The name that the configuration uses for a Linux device: Tunnel0, FastEthernet0/0, eth0. */
const char *gateway_ios_name(const struct gateway *gw, const char *device, char buf[static 48]);

/* `copy running-config startup-config`: atomically, the file before is kept as .bak. */
int gateway_save(struct gateway *gw, struct err *e);

/* What came of the descriptors of the guard, and of time. */
void gateway_tick(struct gateway *gw);

#endif /* XIPSEC_DAEMON_GATEWAY_H */
