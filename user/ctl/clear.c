/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "user/ctl/answer.h"
#include "user/ctl/maps.h"
#include "user/lib/log.h"

json_t *answer_clear_counters(struct gateway *gw, const struct command *c, struct err *e)
{
	struct bpf_maps maps = maps_of(&gw->guard);
	int reasons, sas, sources;

	(void)c;
	if (maps.reason < 0) {
		err_set(e, -ENOTCONN, "no data plane is loaded");
		return NULL;
	}
	reasons = maps_clear_reasons(maps.reason);
	sas = maps_clear_sa_drop(&maps.windows);
	sources = maps_clear_sources(maps.source);
	if (reasons < 0 || sas < 0 || sources < 0) {
		err_set(e, -EIO, "not all counters could be cleared");
		return NULL;
	}
	log_xi(SEV_NOTICE, "CLEAR", "counters cleared: reasons=%d sas=%d sources=%d", reasons, sas,
	       sources);
	return json_pack("{s:{s:i, s:i, s:i}}", "cleared", "reasons", reasons,
			 "security-associations", sas, "sources", sources);
}
