/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cli/show.h"
#include "user/cli/view.h"
#include "user/daemon/version.h"

void show_version(FILE *out, const json_t *result, const struct command *c)
{
	(void)c;
	fprintf(out, "xipsec IPsec gateway for Linux, Version %s, ABI %lld\n",
		view_str(result, "version"), (long long)view_int(result, "abi"));
	fprintf(out, "Client Version %s\n", XIPSEC_VERSION);
	fprintf(out, "Kernel %s (%s)\n\n", view_str(result, "kernel-release"),
		view_str(result, "machine"));
	fprintf(out, "%s uptime is ", view_str(result, "hostname"));
	view_uptime(out, view_int(result, "uptime-seconds"));
	fprintf(out, "\nProcess %lld\n", (long long)view_int(result, "pid"));
}
