/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a reply. It may come from a daemon of another version, or from
 * whoever sits at the socket: what is missing or of another type reads as
 * nothing, and no text of it reaches the terminal unclean.
 */
#ifndef XIPSEC_CLI_VIEW_H
#define XIPSEC_CLI_VIEW_H

#include <stdbool.h>

#include <jansson.h>

/* Control characters of all strings in it become '?'. */
void view_clean(json_t *v);

/* path: "a.b.c". A missing one: NULL, "-", 0, false. */
const json_t *view_at(const json_t *v, const char *path);
const char *view_str(const json_t *v, const char *path);
json_int_t view_int(const json_t *v, const char *path);
bool view_bool(const json_t *v, const char *path);
bool view_is_null(const json_t *v, const char *path);	/* missing, or null */

#define VIEW_TIME_MAX	32

/* Milliseconds as "00:01:09", "2d03h"; "never" for null. */
const char *view_age(const json_t *v, const char *path, char buf[static VIEW_TIME_MAX]);

/* Seconds as "2 days, 3 hours, 1 minute". */
void view_uptime(FILE *out, json_int_t seconds);

#endif /* XIPSEC_CLI_VIEW_H */
