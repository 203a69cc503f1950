// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/rates.h"

#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "user/lib/hash.h"

#define RATES_EVERY_NS	5000000000ULL
#define RATES_SPAN_NS	300000000000.0	/* five minutes */
#define RATES_MAX	4096		/* devices; those of crypto maps are left out */

struct device_rates {
	char		name[IF_NAMESIZE];	/* key */
	uint32_t	look;
	bool		known;			/* the counters below are of an earlier look */
	uint64_t	bytes_in, packets_in, bytes_out, packets_out;
	double		rate[4];		/* bytes and packets in, out; per second */
	uint64_t	last_in_ns, last_out_ns;
};

/* The daemon looks and answers from one thread. */
static struct {
	struct hash	table;
	bool		ready;
	uint32_t	look;
	uint64_t	last_ns;
} all_rates;

/* An exponential mean: what is older than the span counts for a third. */
static void rates_mean(double *rate, uint64_t was, uint64_t is, uint64_t ns)
{
	double weight = (double)ns / RATES_SPAN_NS;
	double now = is < was ? 0 : (double)(is - was) * 1e9 / (double)ns;

	if (weight > 1)
		weight = 1;
	*rate += (now - *rate) * weight;
}

static void rates_note(const struct device_rates *now, uint64_t at_ns, uint64_t span_ns)
{
	struct device_rates *d = hash_find(&all_rates.table, now->name);

	if (!d)
		d = hash_add(&all_rates.table, now->name);
	if (!d)
		return;
	if (d->known && span_ns) {
		rates_mean(&d->rate[0], d->bytes_in, now->bytes_in, span_ns);
		rates_mean(&d->rate[1], d->packets_in, now->packets_in, span_ns);
		rates_mean(&d->rate[2], d->bytes_out, now->bytes_out, span_ns);
		rates_mean(&d->rate[3], d->packets_out, now->packets_out, span_ns);
		if (now->packets_in != d->packets_in)
			d->last_in_ns = at_ns;
		if (now->packets_out != d->packets_out)
			d->last_out_ns = at_ns;
	}
	d->known = true;
	d->look = all_rates.look;
	d->bytes_in = now->bytes_in;
	d->packets_in = now->packets_in;
	d->bytes_out = now->bytes_out;
	d->packets_out = now->packets_out;
}

/* "  eth0: bytes packets errs drop fifo frame compressed multicast bytes packets ..." */
static bool rates_parse(const char *line, struct device_rates *now)
{
	const char *colon = strrchr(line, ':');
	size_t len;

	*now = (struct device_rates){};
	line += strspn(line, " ");
	if (!colon || colon <= line)
		return false;
	len = (size_t)(colon - line);
	if (len >= sizeof(now->name))
		return false;
	memcpy(now->name, line, len);
	return sscanf(colon + 1, "%" SCNu64 " %" SCNu64 " %*u %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
		      &now->bytes_in, &now->packets_in, &now->bytes_out, &now->packets_out) == 4;
}

/* A map of ten thousand entries has as many devices; nobody asks for theirs by name. */
static bool rates_is_shown(const char *name)
{
	return strncmp(name, "xi-", 3) || !strncmp(name, "xi-tun", 6) || !strncmp(name, "xi-lo", 5);
}

static void rates_sweep(void)
{
	struct hash_iter it = {};
	struct device_rates *d;

	while ((d = hash_next(&all_rates.table, &it)))
		if (d->look != all_rates.look)
			hash_del(&all_rates.table, d);
}

static void rates_look(FILE *f, uint64_t now_ns)
{
	uint64_t span = all_rates.last_ns ? now_ns - all_rates.last_ns : 0;
	struct device_rates now;
	char line[512];

	all_rates.look++;
	while (fgets(line, sizeof(line), f))
		if (rates_parse(line, &now) && rates_is_shown(now.name))
			rates_note(&now, now_ns, span);
	rates_sweep();
	all_rates.last_ns = now_ns;
}

void rates_tick(const struct env *env)
{
	uint64_t now = env_mono_ns(env);
	FILE *f;

	if (all_rates.last_ns && now - all_rates.last_ns < RATES_EVERY_NS)
		return;
	if (!all_rates.ready &&
	    hash_init(&all_rates.table, IF_NAMESIZE, sizeof(struct device_rates), RATES_MAX,
		      &env_system))
		return;
	all_rates.ready = true;
	f = fopen("/proc/net/dev", "re");
	if (!f)
		return;
	rates_look(f, now);
	fclose(f);
}

bool rates_get(const char *device, struct rates *r)
{
	const struct device_rates *d;
	char key[IF_NAMESIZE] = "";

	*r = (struct rates){};
	if (strlen(device) >= sizeof(key) || !all_rates.ready)
		return false;
	strcpy(key, device);
	d = hash_find(&all_rates.table, key);
	if (!d)
		return false;
	*r = (struct rates){
		.in_bits = (uint64_t)(d->rate[0] * 8), .in_packets = (uint64_t)(d->rate[1] + 0.5),
		.out_bits = (uint64_t)(d->rate[2] * 8), .out_packets = (uint64_t)(d->rate[3] + 0.5),
		.last_in_ns = d->last_in_ns, .last_out_ns = d->last_out_ns,
	};
	return true;
}

void rates_fini(void)
{
	if (all_rates.ready)
		hash_fini(&all_rates.table);
	all_rates.ready = false;
	all_rates.last_ns = 0;
}
