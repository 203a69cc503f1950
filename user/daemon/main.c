// SPDX-License-Identifier: Apache-2.0
/* xipsecd: options, run directory, event loop. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>

#include "user/config/file.h"
#include "user/ctl/ctl.h"
#include "user/daemon/events.h"
#include "user/daemon/gateway.h"
#include "user/daemon/harden.h"
#include "user/daemon/opts.h"
#include "user/daemon/rundir.h"
#include "user/daemon/version.h"
#include "user/lib/log.h"

#define SIGNALS	3
#define READERS	3

struct daemon {
	struct opts	opts;
	struct gateway	gw;
	struct events	*events;
	struct ctl	*ctl;
	struct event_base *base;
	struct event	*signals[SIGNALS], *readers[READERS], *tick, *soon;
	int		pid_fd;
	int		ready_fd;	/* to the parent that waits; -1: none */
};

static void on_signal(evutil_socket_t sig, short what, void *ctx)
{
	struct daemon *d = ctx;
	struct diags diags = {};
	struct err e = {};

	(void)what;
	if (sig != SIGHUP) {
		log_xi(SEV_NOTICE, "STOP", "ending on signal %d: protection stays in place", (int)sig);
		event_base_loopbreak(d->base);
		return;
	}
	if (sad_sync(d->gw.guard.sad, &e))
		log_xi(SEV_ERROR, "XFRM", "%s", e.text);
	if (d->gw.configured) {
		gateway_reload(&d->gw, NULL, &diags, &e);	/* says in the log what came of it */
		diag_fini(&diags);
	}
}

/*
 * What the plan depends on changes in bursts: a device brings addresses, a rekey
 * two SAs. They are looked at together, a moment later.
 */
static void look_soon(struct daemon *d)
{
	static const struct timeval moment = { .tv_usec = 50000 };

	if (gateway_is_due(&d->gw) && !evtimer_pending(d->soon, NULL))
		event_add(d->soon, &moment);
}

static void on_soon(evutil_socket_t fd, short what, void *ctx)
{
	struct daemon *d = ctx;
	struct err e = {};

	(void)fd;
	(void)what;
	if (gateway_catch_up(&d->gw, &e))
		log_xi(SEV_ERROR, "APPLY", "%s", e.text);
}

static void on_xfrm(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	guard_read_xfrm(&((struct daemon *)ctx)->gw.guard);
	look_soon(ctx);
}

static void on_link(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	guard_read_link(&((struct daemon *)ctx)->gw.guard);
	look_soon(ctx);
}

static void on_events(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	events_read(ctx);
}

static void on_tick(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	gateway_tick(ctx);
}

static int add(struct event **slot, struct event *ev, const struct timeval *every)
{
	*slot = ev;
	return ev ? event_add(ev, every) : -1;
}

static int loop_build(struct daemon *d, struct err *e)
{
	static const int sigs[SIGNALS] = { SIGTERM, SIGINT, SIGHUP };
	const struct timeval second = { .tv_sec = 1 };
	struct event_base *b = d->base;
	struct guard *g = &d->gw.guard;
	int i, bad = 0;

	for (i = 0; i < SIGNALS; i++)
		bad |= add(&d->signals[i], evsignal_new(b, sigs[i], on_signal, d), NULL);
	bad |= add(&d->readers[0], event_new(b, xfrm_nl_fd(g->xfrm), EV_READ | EV_PERSIST,
					     on_xfrm, d), NULL);
	bad |= add(&d->readers[1], event_new(b, link_nl_fd(g->link), EV_READ | EV_PERSIST,
					     on_link, d), NULL);
	bad |= add(&d->readers[2], event_new(b, events_fd(d->events), EV_READ | EV_PERSIST,
					     on_events, d->events), NULL);
	bad |= add(&d->tick, event_new(b, -1, EV_PERSIST, on_tick, &d->gw), &second);
	d->soon = evtimer_new(b, on_soon, d);
	bad |= !d->soon;
	return bad ? err_set(e, -ENOMEM, "event loop: out of memory") : 0;
}

static void loop_free(struct daemon *d)
{
	int i;

	for (i = 0; i < SIGNALS; i++)
		if (d->signals[i])
			event_free(d->signals[i]);
	for (i = 0; i < READERS; i++)
		if (d->readers[i])
			event_free(d->readers[i]);
	if (d->tick)
		event_free(d->tick);
	if (d->soon)
		event_free(d->soon);
	if (d->base)
		event_base_free(d->base);
}

/* READY=1 to a service manager, if one asked (sd_notify(3)). */
static void notify_ready(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	static const char ready[] = "READY=1";
	int fd;

	if (!path || (*path != '/' && *path != '@') || strlen(path) >= sizeof(sun.sun_path))
		return;
	strcpy(sun.sun_path, path);
	if (*path == '@')
		sun.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, ready, sizeof(ready) - 1, MSG_NOSIGNAL, (struct sockaddr *)&sun,
	       offsetof(struct sockaddr_un, sun_path) + strlen(path));
	close(fd);
}

/* One byte says that all is well; another text is an error; nothing is a crash. */
#define READY	"\001"

/* Tells the waiting parent how the start went, once. */
static void report(struct daemon *d, const char *text)
{
	if (d->ready_fd < 0)
		return;
	if (write(d->ready_fd, text, strlen(text)) < 0)
		log_xi(SEV_ERROR, "START", "%s", text);
	close(d->ready_fd);
	d->ready_fd = -1;
}

/*
 * Into the background; the parent ends when the child is ready, with its
 * error if it is not. Returns in the child only.
 */
static int background(struct daemon *d, struct err *e)
{
	char text[ERR_TEXT_MAX] = "";
	ssize_t n;
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		return err_set(e, -errno, "pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		return err_set(e, -errno, "fork: %s", strerror(errno));
	if (pid) {
		close(fds[1]);
		n = read(fds[0], text, sizeof(text) - 1);
		if (n > 0 && !strcmp(text, READY))
			_exit(0);
		fprintf(stderr, "xipsecd: %s\n", n > 0 ? text : "ended while starting");
		_exit(1);
	}
	close(fds[0]);
	d->ready_fd = fds[1];
	setsid();
	if (chdir("/"))
		return err_set(e, -errno, "chdir /: %s", strerror(errno));
	return 0;
}

/* Standard streams are let go when nothing can go wrong on the way up any more. */
static void streams_close(void)
{
	if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout) ||
	    !freopen("/dev/null", "w", stderr))
		return;
}

static const char *variant_text(enum bpf_variant v)
{
	switch (v) {
	case BPF_VARIANT_MIRROR:
		return "mirror";
	case BPF_VARIANT_LIVE:
		return "live";
	default:
		return "none";
	}
}

static void log_start(const struct daemon *d)
{
	const struct bpf *b = d->gw.guard.bpf;
	const char *why = bpf_variant_why(b);

	log_xi(SEV_NOTICE, "START", "xipsecd %s: windows=%s%s%s%s%s", XIPSEC_VERSION,
	       variant_text(bpf_variant(b)), *why ? " (" : "", why, *why ? ")" : "",
	       bpf_adopted(b) ? ", adopted what an earlier daemon left" : "");
	if (bpf_variant(b) == BPF_VARIANT_NONE)
		log_xi(SEV_WARNING, "NO_WINDOWS",
		       "this kernel gives no replay state: packets are counted, replays are left to XFRM");
}

/* Below systemd the journal has stamps and severities of its own (systemd.exec(5)). */
static enum log_target log_target(const struct daemon *d)
{
	return d->opts.foreground && !getenv("JOURNAL_STREAM") ? LOG_TO_STDERR : LOG_TO_SYSLOG;
}

static int start(struct daemon *d, struct err *e)
{
	struct gateway_opts go;
	char socket_path[128];
	int ret;

	if (!d->opts.foreground) {
		ret = background(d, e);
		if (ret)
			return ret;
	}
	log_open("xipsecd", log_target(d), d->opts.verbose ? SEV_DEBUG : SEV_INFO, &env_system);
	ret = rundir_write_pid(d->pid_fd, e);
	if (ret)
		return ret;
	go = (struct gateway_opts){
		.bpf = d->opts.bpf, .ifs = d->opts.ifs, .nifs = d->opts.nifs,
		.config = d->opts.config, .iftable = d->opts.iftable,
	};
	if (!go.config && !go.nifs) {
		go.config = GATEWAY_CONFIG;
		go.may_be_missing = true;
	}
	ret = gateway_open(&d->gw, &env_system, &go, e);
	if (ret)
		return ret;
	d->events = events_open(&d->gw.guard, e);
	d->base = event_base_new();
	if (!d->events || !d->base)
		return e->code ?: err_set(e, -ENOMEM, "event loop: out of memory");
	snprintf(socket_path, sizeof(socket_path), "%s/control.sock", d->opts.rundir);
	d->ctl = ctl_listen(d->base, socket_path, &d->gw, e);
	if (!d->ctl)
		return e->code;
	return loop_build(d, e);
}

static int run(struct daemon *d)
{
	struct err e = {};
	int ret;

	d->pid_fd = rundir_lock(d->opts.rundir, &e);
	if (d->pid_fd < 0) {
		fprintf(stderr, "xipsecd: %s\n", e.text);
		return 1;
	}
	ret = start(d, &e);
	if (ret) {
		report(d, e.text);
		if (d->opts.foreground)
			fprintf(stderr, "xipsecd: %s\n", e.text);
	} else {
		log_start(d);
		report(d, READY);
		notify_ready();
		if (!d->opts.foreground)
			streams_close();
		event_base_dispatch(d->base);
	}
	ctl_close(d->ctl);
	events_close(d->events);
	loop_free(d);
	if (ret)
		gateway_undo(&d->gw);
	gateway_close(&d->gw);
	rundir_remove(d->opts.rundir);
	log_close();
	return ret ? 1 : 0;
}

static int detach(const struct opts *o)
{
	struct err e = {};
	int lock, ret;

	log_open("xipsecd", LOG_TO_STDERR, SEV_NOTICE, &env_system);
	lock = rundir_stop_daemon(o->rundir, &e);
	ret = lock < 0 ? lock : gateway_remove_all(&e);
	if (!ret)
		ret = bpf_detach_all(o->force, &e);
	if (ret)
		fprintf(stderr, "xipsecd: %s\n", e.text);
	if (lock >= 0) {
		rundir_remove(o->rundir);
		close(lock);
	}
	return ret ? 1 : 0;
}

/* The daemon's working directory is the root: names that are relative to ours are made whole. */
static int make_absolute(const char **path, struct err *e)
{
	char cwd[200], *whole;

	if (!*path || **path == '/')
		return 0;
	if (!getcwd(cwd, sizeof(cwd)))
		return err_set(e, -errno, "working directory: %s", strerror(errno));
	if (asprintf(&whole, "%s/%s", cwd, *path) < 0)	/* lives as long as we do */
		return err_set(e, -ENOMEM, "out of memory");
	*path = whole;
	return 0;
}

int main(int argc, char **argv)
{
	static struct daemon d = { .pid_fd = -1, .ready_fd = -1 };
	struct err e = {};

	if (opts_parse(&d.opts, argc, argv, &e)) {
		fprintf(stderr, "xipsecd: %s (see xipsecd --help)\n", e.text);
		return 2;
	}
	process_harden();
	switch (d.opts.action) {
	case OPTS_HELP:
		fputs(opts_usage, stdout);
		return 0;
	case OPTS_VERSION:
		puts("xipsecd " XIPSEC_VERSION);
		return 0;
	case OPTS_CHECK:
		return file_check(d.opts.config, MASTER_KEY_PATH, stdout);
	case OPTS_DETACH:
		return detach(&d.opts);
	default:
		if (make_absolute(&d.opts.config, &e) || make_absolute(&d.opts.iftable, &e)) {
			fprintf(stderr, "xipsecd: %s\n", e.text);
			return 1;
		}
		signal(SIGPIPE, SIG_IGN);
		signal(SIGHUP, SIG_IGN);	/* until the loop has a handler for it */
		return run(&d);
	}
}
