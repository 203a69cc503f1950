/* SPDX-License-Identifier: Apache-2.0 */
#include "user/ctl/ctl.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "user/ctl/handle.h"
#include "user/lib/log.h"

#define MAX_CLIENTS	16
#define MAX_LINE	(512 * 1024)	/* a batch of configuration lines (configure.h) */
#define MAX_GROUPS	256
#define IDLE_S		600		/* a prompt that nobody types at */
#define SLOW_READER_S	30		/* no byte taken for so long */
#define SOCKET_GROUP	"xipsec"

struct client {
	struct ctl	*ctl;
	struct bufferevent *bev;
	enum ctl_right	right;
	bool		closing;	/* no more requests; goes when all is sent */
};

struct ctl {
	struct gateway	*gateway;
	struct evconnlistener *listener;
	struct client	clients[MAX_CLIENTS];
	gid_t		gid;
	char		path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static void client_close(struct client *c)
{
	bufferevent_free(c->bev);
	memset(c, 0, sizeof(*c));
}

static void reply(struct client *c, json_t *o)
{
	static const char oom[] = "{\"ok\":false,\"error\":\"out of memory\"}";
	char *text = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);

	bufferevent_write(c->bev, text ? text : oom, text ? strlen(text) : sizeof(oom) - 1);
	bufferevent_write(c->bev, "\n", 1);
	free(text);
	json_decref(o);
}

static void refuse(struct client *c, const char *why)
{
	reply(c, handle_refusal(why));
	c->closing = true;
}

/*
 * One request at a time: the next is read when the answer to the last has left
 * us, so a client that does not read holds one answer in memory, and no more.
 */
static void serve(struct client *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	size_t len = 0;
	char *line;

	if (c->closing)
		return;
	line = evbuffer_readln(in, &len, EVBUFFER_EOL_LF);
	if (line)
		reply(c, handle_request(c->ctl->gateway, c->right, line, len));
	else if (evbuffer_get_length(in) >= MAX_LINE)
		refuse(c, "the request is longer than 524288 bytes");
	else
		return;
	bufferevent_disable(c->bev, EV_READ);
	free(line);
}

static void on_read(struct bufferevent *bev, void *ctx)
{
	(void)bev;
	serve(ctx);
}

/* All is sent. */
static void on_written(struct bufferevent *bev, void *ctx)
{
	struct client *c = ctx;

	if (!c->closing) {
		bufferevent_enable(bev, EV_READ);
		serve(c);	/* what came together with the last request */
	}
	if (c->closing && !evbuffer_get_length(bufferevent_get_output(bev)))
		client_close(c);
}

/* End of file still gets the answers to what was asked before it. */
static void on_event(struct bufferevent *bev, short what, void *ctx)
{
	struct client *c = ctx;

	if (what & BEV_EVENT_EOF && evbuffer_get_length(bufferevent_get_output(bev))) {
		c->closing = true;
		return;
	}
	if (what & BEV_EVENT_TIMEOUT && what & BEV_EVENT_WRITING)
		log_xi(SEV_NOTICE, "CTL_SLOW", "a client of the control socket does not read: closed");
	client_close(c);
}

/*
 * Who may connect is decided by the file's mode; who may change counters, here:
 * root, and the socket's group even if the mode was widened.
 */
static enum ctl_right right_of(const struct ctl *ctl, int fd)
{
	gid_t groups[MAX_GROUPS];
	struct ucred cred = {};
	socklen_t len = sizeof(cred), i;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return CTL_MAY_SHOW;
	if (!cred.uid)
		return CTL_ROOT;
	if (cred.gid == ctl->gid)
		return CTL_MAY_CLEAR;
	len = sizeof(groups);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len))
		return CTL_MAY_SHOW;
	for (i = 0; i < len / sizeof(groups[0]); i++)
		if (groups[i] == ctl->gid)
			return CTL_MAY_CLEAR;
	return CTL_MAY_SHOW;
}

static struct client *client_slot(struct ctl *ctl)
{
	unsigned int i;

	for (i = 0; i < MAX_CLIENTS; i++)
		if (!ctl->clients[i].bev)
			return &ctl->clients[i];
	return NULL;
}

static void on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa, int len,
		      void *ctx)
{
	static const char full[] = "{\"ok\":false,\"error\":\"too many clients\"}\n";
	static const struct timeval idle = { .tv_sec = IDLE_S }, slow = { .tv_sec = SLOW_READER_S };
	struct ctl *ctl = ctx;
	struct client *c = client_slot(ctl);

	(void)sa;
	(void)len;
	if (!c) {
		(void)!send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		close(fd);
		return;
	}
	c->bev = bufferevent_socket_new(evconnlistener_get_base(l), fd, BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev) {
		close(fd);
		return;
	}
	c->ctl = ctl;
	c->right = right_of(ctl, fd);
	bufferevent_setcb(c->bev, on_read, on_written, on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, MAX_LINE);
	bufferevent_set_timeouts(c->bev, &idle, &slow);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

/* true: nobody listens at this socket, it may be replaced. */
static bool is_stale(const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct stat st;
	bool stale;

	if (fd < 0)
		return false;
	stale = !lstat(sun->sun_path, &st) && S_ISSOCK(st.st_mode) &&
		connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) && errno == ECONNREFUSED;
	close(fd);
	return stale;
}

/* Closed for all until the group is set: nobody connects in between. */
static int bind_socket(struct ctl *ctl, int fd, struct err *e)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct group *gr = getgrnam(SOCKET_GROUP);
	mode_t old = umask(0777);
	int ret;

	memcpy(sun.sun_path, ctl->path, sizeof(sun.sun_path));
	ret = bind(fd, (struct sockaddr *)&sun, sizeof(sun));
	if (ret && errno == EADDRINUSE && is_stale(&sun) && !unlink(ctl->path))
		ret = bind(fd, (struct sockaddr *)&sun, sizeof(sun));
	umask(old);
	if (ret && errno == EADDRINUSE)
		return err_set(e, -EADDRINUSE, "%s: in use: another daemon listens there, or it is not a socket",
			       ctl->path);
	if (ret)
		return err_set(e, -errno, "%s: cannot bind: %s", ctl->path, strerror(errno));
	ctl->gid = gr ? gr->gr_gid : 0;
	if ((!geteuid() && chown(ctl->path, 0, ctl->gid)) || chmod(ctl->path, 0660)) {
		ret = err_set(e, -errno, "%s: cannot set owner and mode: %s", ctl->path,
			      strerror(errno));
		unlink(ctl->path);
	}
	return ret;
}

static int open_socket(struct ctl *ctl, const char *path, struct err *e)
{
	int fd, ret;

	if (strlen(path) >= sizeof(ctl->path))
		return err_set(e, -ENAMETOOLONG, "%s: longer than a socket's name may be (%zu)",
			       path, sizeof(ctl->path) - 1);
	strcpy(ctl->path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(e, -errno, "control socket: %s", strerror(errno));
	ret = bind_socket(ctl, fd, e);
	if (ret)
		close(fd);
	return ret ? ret : fd;
}

struct ctl *ctl_listen(struct event_base *base, const char *path, struct gateway *gw,
		       struct err *e)
{
	struct ctl *ctl = calloc(1, sizeof(*ctl));
	int fd;

	if (!ctl) {
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	ctl->gateway = gw;
	fd = open_socket(ctl, path, e);
	if (fd < 0) {
		free(ctl);
		return NULL;
	}
	ctl->listener = evconnlistener_new(base, on_accept, ctl,
					   LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
					   MAX_CLIENTS, fd);
	if (!ctl->listener) {
		err_set(e, -ENOMEM, "%s: cannot listen: %s", path, strerror(errno));
		close(fd);
		unlink(ctl->path);
		free(ctl);
		return NULL;
	}
	return ctl;
}

void ctl_close(struct ctl *ctl)
{
	unsigned int i;

	if (!ctl)
		return;
	for (i = 0; i < MAX_CLIENTS; i++)
		if (ctl->clients[i].bev)
			client_close(&ctl->clients[i]);
	evconnlistener_free(ctl->listener);
	unlink(ctl->path);
	free(ctl);
}
