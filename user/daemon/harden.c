// SPDX-License-Identifier: Apache-2.0
#include "user/daemon/harden.h"

#include <sys/prctl.h>
#include <sys/resource.h>

/*
 * Not mlockall(2): it would pin all that is mapped, the 32 MB of a derivation and
 * the ring buffers of BPF with it, and fail where RLIMIT_MEMLOCK is small. The
 * page with the master key and what is derived from it is locked by itself
 * (user/crypto/type6.c); clear keys are in memory that may be swapped, so swap
 * has to be off or encrypted where that matters (docs/type6.md).
 */
void process_harden(void)
{
	static const struct rlimit none = { 0, 0 };

	/*
	 * Both: the limit does not count for a core_pattern that is a pipe (core(5)),
	 * and dumpable is set again by a change of user or an execve.
	 */
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}
