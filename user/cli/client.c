/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cli/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "user/cli/view.h"
#include "user/lib/secret.h"

#define ANSWER_TIMEOUT_S	30
#define ANSWER_MAX		((size_t)64 * 1024 * 1024)	/* 4096 flows take some 12 MB */

volatile sig_atomic_t client_interrupted;

static int explain(struct err *e, int code, const char *path)
{
	switch (code) {
	case ENOENT:
	case ECONNREFUSED:
		return err_set(e, -code, "no daemon answers at %s; start one with"
			       " 'xipsecd -i INTERFACE'", path);
	case EACCES:
	case EPERM:
		return err_set(e, -code, "permission denied for %s; be root or a member of its"
			       " group", path);
	case EINTR:
		return err_set(e, -code, "interrupted");
	case EAGAIN:
		return err_set(e, -code, "the daemon at %s does not answer", path);
	default:
		return err_set(e, -code, "%s: %s", path, strerror(code));
	}
}

static int dial(const char *path, struct err *e)
{
	const struct timeval limit = { .tv_sec = ANSWER_TIMEOUT_S };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, code;

	if (strlen(path) >= sizeof(sun.sun_path))
		return err_set(e, -ENAMETOOLONG, "%s: longer than a socket's name may be (%zu)",
			       path, sizeof(sun.sun_path) - 1);
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(e, -errno, "socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		return fd;
	code = errno;
	close(fd);
	return explain(e, code, path);
}

static int send_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n < 0 && (errno != EINTR || client_interrupted))
			return -errno;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Answers to prompts for keys are in some requests. */
static int send_request(int fd, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	int ret = -ENOMEM;

	if (text) {
		ret = send_all(fd, text, strlen(text));
		if (!ret)
			ret = send_all(fd, "\n", 1);
	}
	secret_wipe_text(text);
	free(text);
	return ret;
}

/* One line, without its newline. The buffer is the caller's. */
static int read_line(int fd, char **line, size_t *len)
{
	size_t room = 0, used = 0;
	char *buf = NULL;
	ssize_t n;

	for (;;) {
		if (used == room) {
			char *more = room < ANSWER_MAX ? realloc(buf, room = room ? 2 * room : 65536)
						       : NULL;

			if (!more)
				break;
			buf = more;
		}
		n = recv(fd, buf + used, room - used, 0);
		if (n < 0 && errno == EINTR && !client_interrupted)
			continue;
		if (n <= 0) {
			int code = n ? errno : ECONNRESET;

			free(buf);
			return -code;
		}
		used += (size_t)n;
		if (buf[used - 1] == '\n') {	/* nothing follows: we asked once */
			*line = buf;
			*len = used - 1;
			return 0;
		}
	}
	free(buf);
	return -ENOMEM;
}

static json_t *parse_reply(const char *line, size_t len, struct err *e)
{
	json_t *reply = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);

	if (reply)
		view_clean(reply);
	else
		err_set(e, -EPROTO, "the daemon's answer is not JSON");
	return reply;
}

json_t *client_reply_result(const json_t *reply, struct err *e)
{
	json_t *result = NULL;

	if (view_bool(reply, "ok"))
		result = json_incref(json_object_get(reply, "result"));
	else
		err_set(e, -EREMOTEIO, "%s", view_str(reply, "error"));
	if (view_bool(reply, "ok") && !result)
		err_set(e, -EPROTO, "the daemon's answer holds no result");
	return result;
}

json_t *client_result(const char *line, size_t len, struct err *e)
{
	json_t *reply = parse_reply(line, len, e);
	json_t *result = reply ? client_reply_result(reply, e) : NULL;

	json_decref(reply);
	return result;
}

json_t *client_request(const char *rundir, const json_t *request, struct err *e)
{
	char path[4096], *line = NULL;
	json_t *reply = NULL;
	size_t len = 0;
	int fd, ret;

	if (snprintf(path, sizeof(path), "%s/control.sock", rundir) >= (int)sizeof(path)) {
		err_set(e, -ENAMETOOLONG, "the run directory's name is too long");
		return NULL;
	}
	fd = dial(path, e);
	if (fd < 0)
		return NULL;
	ret = send_request(fd, request);
	if (!ret)
		ret = read_line(fd, &line, &len);
	if (ret)
		explain(e, -ret, path);
	else
		reply = parse_reply(line, len, e);
	free(line);
	close(fd);
	return reply;
}
