// SPDX-License-Identifier: Apache-2.0
/* R-VTI-9. */
#include <string.h>

#include "user/cli/show.h"
#include "user/cli/view.h"

static const char legend[] =
	"Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n"
	"       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area\n"
	"       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2\n"
	"       E1 - OSPF external type 1, E2 - OSPF external type 2\n"
	"       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2\n"
	"       ia - IS-IS inter area, * - candidate default, U - per-user static route\n"
	"       o - ODR, P - periodic downloaded static route, X - of another daemon\n";

/* A route to one host is printed without its length. */
static void route_network(FILE *out, const json_t *r)
{
	long long plen = (long long)view_int(r, "prefix-length");

	fprintf(out, "%s%s %s", view_str(r, "code"), plen ? "" : "*", view_str(r, "prefix"));
	if (plen != 32)
		fprintf(out, "/%lld", plen);
}

static void route_show(FILE *out, const json_t *r)
{
	route_network(out, r);
	if (view_is_null(r, "via")) {
		fputs(" is directly connected", out);
	} else {
		fprintf(out, " [%lld/%lld] via %s", (long long)view_int(r, "distance"),
			(long long)view_int(r, "metric"), view_str(r, "via"));
	}
	/* As R-VTI-9 prints it: the interface where there is no next hop. */
	if (!view_is_null(r, "interface") && view_is_null(r, "via"))
		fprintf(out, ", %s", view_str(r, "interface"));
	fputc('\n', out);
}

void show_ip_route(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "routes"), *r;
	size_t i;

	(void)c;
	fputs(legend, out);
	if (view_is_null(result, "gateway-of-last-resort"))
		fputs("\nGateway of last resort is not set\n\n", out);
	else
		fprintf(out, "\nGateway of last resort is %s to network 0.0.0.0\n\n",
			view_str(result, "gateway-of-last-resort"));
	json_array_foreach(list, i, r)
		route_show(out, r);
	if (view_bool(result, "truncated"))
		fputs("% There are more routes than shown\n", out);
}
