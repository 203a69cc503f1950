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
	if (view_is_null(result, "configuration"))
		fputs("Guard mode: SAs of other daemons, nothing configured\n", out);
	else
		fprintf(out, "Configuration file is \"%s\"\n", view_str(result, "configuration"));
	fprintf(out, "%lld crypto map entries, %lld in use; %lld tunnel interfaces, %lld in use;"
		" %lld interfaces guarded\n",
		(long long)view_int(result, "crypto-map-entries.configured"),
		(long long)view_int(result, "crypto-map-entries.used"),
		(long long)view_int(result, "tunnels.configured"),
		(long long)view_int(result, "tunnels.used"),
		(long long)view_int(result, "guarded-interfaces"));
}
