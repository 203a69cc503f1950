/* SPDX-License-Identifier: Apache-2.0 */
#include "user/ctl/answer.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

json_t *answer_text(const char *text)
{
	char clean[ERR_TEXT_MAX];
	size_t i;

	for (i = 0; i + 1 < sizeof(clean) && text[i]; i++)
		clean[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	clean[i] = '\0';
	return json_string(clean);
}

json_t *answer_addr(const struct addr *a)
{
	char buf[ADDR_STR_MAX];

	return json_string(addr_str(a, buf));
}

json_t *answer_key_addr(uint8_t family, const uint8_t bytes[static 16])
{
	struct addr a = { .family = family };

	memcpy(a.b, bytes, sizeof(a.b));
	return family ? answer_addr(&a) : json_null();
}

json_int_t answer_int(uint64_t v)
{
	return v > INT64_MAX ? INT64_MAX : (json_int_t)v;
}

json_t *answer_spi(uint32_t spi)
{
	return json_sprintf("0x%X", spi);
}

const char *answer_proto(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_ESP:
		return "esp";
	case IPPROTO_AH:
		return "ah";
	case IPPROTO_COMP:
		return "comp";
	default:
		return "none";
	}
}

json_t *answer_age(const struct env *env, uint64_t then_ns)
{
	uint64_t now = env_mono_ns(env);

	if (!then_ns)
		return json_null();
	return json_integer(now > then_ns ? answer_int((now - then_ns) / 1000000) : 0);
}
