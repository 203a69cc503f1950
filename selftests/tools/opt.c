// SPDX-License-Identifier: Apache-2.0
/* One small loop over an option table. */
#include "opt.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

static struct opt *find(struct opt *table, const char *name, size_t len)
{
	for (struct opt *o = table; o->name; o++)
		if (strlen(o->name) == len && !memcmp(o->name, name, len))
			return o;
	return NULL;
}

static void take_number(const struct opt *o, const char *text)
{
	unsigned long long v;
	char *end;

	errno = 0;
	v = strtoull(text, &end, 0);
	if (!isdigit((unsigned char)*text) || *end || errno)
		usage("%s: '%s' is not a number", o->name, text);
	if (v < o->min || v > o->max)
		usage("%s: %s is outside %llu..%llu", o->name, text,
		      (unsigned long long)o->min, (unsigned long long)o->max);
	*(uint64_t *)o->out = v;
}

static void take_value(const struct opt *o, const char *text)
{
	switch (o->kind) {
	case OPT_KIND_NUM:
		take_number(o, text);
		break;
	case OPT_KIND_STR:
		*(const char **)o->out = text;
		break;
	case OPT_KIND_CALL:
		if (!o->call(text, o->out))
			usage("%s: '%s' is not %s", o->name, text, o->expect);
		break;
	case OPT_KIND_FLAG:
		break;
	}
}

/* Consumes argv[i], and argv[i + 1] when that is its value; returns the next index. */
static int take_option(struct opt *table, int argc, char **argv, int i)
{
	const char *eq = strchr(argv[i], '=');
	size_t len = eq ? (size_t)(eq - argv[i]) : strlen(argv[i]);
	struct opt *o = find(table, argv[i], len);

	if (!o)
		usage("%s: unknown option '%s'", argv[0], argv[i]);
	o->seen = true;
	if (o->kind == OPT_KIND_FLAG) {
		if (eq)
			usage("%s takes no value", o->name);
		*(bool *)o->out = true;
		return i + 1;
	}
	if (eq) {
		take_value(o, eq + 1);
		return i + 1;
	}
	if (i + 1 >= argc)
		usage("%s needs a value", o->name);
	take_value(o, argv[i + 1]);
	return i + 2;
}

void opts_parse(struct opt *table, int argc, char **argv)
{
	for (int i = 1; i < argc;)
		i = take_option(table, argc, argv, i);
	for (const struct opt *o = table; o->name; o++)
		if (o->need == OPT_MUST && !o->seen)
			usage("%s: %s is needed", argv[0], o->name);
}

bool opts_seen(const struct opt *table, const char *name)
{
	for (const struct opt *o = table; o->name; o++)
		if (!strcmp(o->name, name))
			return o->seen;
	return false;
}

bool opt_addr(const char *text, void *addr)
{
	return addr_parse(text, addr);
}

bool opt_prefix(const char *text, void *prefix)
{
	return prefix_parse(text, prefix);
}

bool opt_mac(const char *text, void *mac)
{
	return mac_parse(text, mac);
}

bool opt_seconds(const char *text, void *ns)
{
	char *end;
	double v;

	errno = 0;
	v = strtod(text, &end);
	if (!isdigit((unsigned char)*text) || *end || errno || !(v <= 1e6))
		return false;
	*(uint64_t *)ns = (uint64_t)(v * 1e9);
	return true;
}

bool opt_hex32(const char *text, void *u32)
{
	unsigned long long v;
	char *end;

	errno = 0;
	v = strtoull(text, &end, 16);
	if (!isxdigit((unsigned char)*text) || *end || errno || v > UINT32_MAX)
		return false;
	*(uint32_t *)u32 = (uint32_t)v;
	return true;
}

bool opt_spi(const char *text, void *choice)
{
	struct spi_choice *c = choice;

	c->how = strcmp(text, "random") ? SPI_FIXED : SPI_RANDOM;
	return c->how == SPI_RANDOM || opt_hex32(text, &c->spi);
}
