// SPDX-License-Identifier: Apache-2.0
#include "user/config/ifname.h"

#include <ctype.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const ios_types[] = {
	"Async", "ATM", "BDI", "BRI", "BVI", "Dialer", "Ethernet", "FastEthernet",
	"GigabitEthernet", "Loopback", "Multilink", "Null", "Port-channel", "Serial",
	"TenGigabitEthernet", "Tunnel", "Virtual-Access", "Virtual-Template", "Vlan",
};

#define NTYPES	(sizeof(ios_types) / sizeof(ios_types[0]))

/* Slots, ports, subinterface, channel: 0/1/0.100:3 */
static bool is_number(const char *s)
{
	unsigned int digits = 0, parts = 1;

	for (; *s; s++) {
		if (isdigit((unsigned char)*s)) {
			if (++digits > 10)
				return false;
		} else {
			if (!digits || !strchr("/.:", *s) || ++parts > 6)
				return false;
			digits = 0;
		}
	}
	return digits;
}

static const char *find_type(const char *word, size_t len, bool *ambiguous)
{
	const char *found = NULL;
	size_t i;

	*ambiguous = false;
	for (i = 0; i < NTYPES && len; i++) {
		if (strncasecmp(ios_types[i], word, len))
			continue;
		if (strlen(ios_types[i]) == len) {
			*ambiguous = false;
			return ios_types[i];
		}
		*ambiguous = found;
		found = ios_types[i];
	}
	return found;
}

static bool is_linux(const char *word)
{
	const char *p;

	if (!islower((unsigned char)word[0]) || strlen(word) >= IF_NAMESIZE)
		return false;
	for (p = word; *p; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) &&
		    !strchr("-_.@", *p))
			return false;
	return true;
}

/* "eth0", "eth1.100", but not "eth0/0" and not "ethernet0". */
static bool is_eth(const char *word)
{
	return !strncmp(word, "eth", 3) && word[3] && !word[3 + strspn(word + 3, "0123456789.")];
}

enum ifname_verdict ifname_parse(const char *word, const char *next, char out[static IFNAME_MAX])
{
	size_t len = strcspn(word, "0123456789");
	const char *number = word + len, *type;
	enum ifname_verdict v = IFNAME_ONE;
	bool ambiguous;

	if (is_eth(word)) {
		snprintf(out, IFNAME_MAX, "%s", word);
		return strlen(word) < IF_NAMESIZE ? IFNAME_ONE : IFNAME_BAD;
	}
	if (!*number && is_number(next)) {
		number = next;
		v = IFNAME_TWO;
	}
	type = find_type(word, len, &ambiguous);
	if (type && *number && !ambiguous) {
		if (!is_number(number) ||
		    snprintf(out, IFNAME_MAX, "%s%s", type, number) >= IFNAME_MAX)
			return IFNAME_BAD;
		return v;
	}
	if (ambiguous && *number)
		return IFNAME_AMBIGUOUS;
	if (v == IFNAME_ONE && is_linux(word)) {
		snprintf(out, IFNAME_MAX, "%s", word);
		return v;
	}
	if (type || !isalpha((unsigned char)word[0]))
		return IFNAME_BAD;
	return IFNAME_TYPE;
}

bool ifname_is_tunnel(const char *name)
{
	return !strncmp(name, "Tunnel", 6) && isdigit((unsigned char)name[6]);
}
