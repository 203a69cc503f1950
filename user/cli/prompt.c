// SPDX-License-Identifier: Apache-2.0
#include "user/cli/prompt.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include <histedit.h>

#include "user/cli/client.h"
#include "user/cli/config.h"
#include "user/cli/filter.h"
#include "user/cli/say.h"
#include "user/config/help.h"

#define HISTORY_LINES	200	/* in memory only: what was typed may hold keys */

/* What ended the line beside Return. */
enum ending { END_RETURN, END_CTRL_C, END_CTRL_Z };

struct prompt {
	struct session	*s;
	EditLine	*el;
	History		*history;
	enum ending	ending;
	char		text[SESSION_PROMPT_MAX];
};

static struct prompt the;	/* libedit and signal handlers have no room for more */

/* --- keys --------------------------------------------------------------------------------- */

static char *prompt_text(EditLine *el)
{
	(void)el;
	session_prompt(the.s, the.text);
	return the.text;
}

/* The line up to the cursor; the mode of its first word, and where that word begins. */
static enum mode line_at_cursor(char *text, size_t size, const char **from)
{
	const LineInfo *li = el_line(the.el);
	size_t blanks;

	snprintf(text, size, "%.*s", (int)(li->cursor - li->buffer), li->buffer);
	*from = text;
	blanks = strspn(text, " \t");
	if (!session_configures(the.s) || strncasecmp(text + blanks, "do", 2) ||
	    !text[blanks + 2] || !strchr(" \t", text[blanks + 2]))
		return the.s->mode;
	*from = text + blanks + 2;
	return M_EXEC;
}

static bool in_quotes(const char *text)
{
	bool in = false;

	for (; *text; text++)
		in ^= *text == '"';
	return in;
}

static unsigned char on_help(EditLine *el, int ch)
{
	char text[LEX_LINE_MAX];
	const char *from;
	enum mode mode = line_at_cursor(text, sizeof(text), &from);

	if (in_quotes(text) || mode == M_RAW) {
		const char typed[] = { (char)ch, 0 };

		return el_insertstr(el, typed) ? CC_REFRESH_BEEP : CC_REFRESH;
	}
	fputs("?\n", stdout);
	if (mode <= M_USER && strchr(from, '|'))
		filter_help(strrchr(from, '|') + 1, stdout);
	else
		say_help(stdout, mode, from, session_indent(the.s) + (int)(from - text));
	fflush(stdout);
	return CC_REDISPLAY;
}

static unsigned char on_tab(EditLine *el, int ch)
{
	struct err e = {};
	const struct grammar *g = grammar_get(&e);
	char text[LEX_LINE_MAX], more[128] = "";
	const char *from;
	enum mode mode = line_at_cursor(text, sizeof(text), &from);

	(void)ch;
	if (mode <= M_USER && strchr(from, '|'))
		filter_complete(strrchr(from, '|') + 1, more, sizeof(more));
	else if (g)
		help_complete(g, mode, from, more, sizeof(more));
	if (!*more || el_insertstr(el, more))
		return CC_REFRESH_BEEP;
	return CC_REFRESH;
}

static unsigned char on_ctrl_c(EditLine *el, int ch)
{
	(void)el;
	(void)ch;
	the.ending = END_CTRL_C;
	return CC_NEWLINE;
}

/* What was typed before it is still done, as on IOS. */
static unsigned char on_ctrl_z(EditLine *el, int ch)
{
	(void)el;
	(void)ch;
	the.ending = END_CTRL_Z;
	return CC_NEWLINE;
}

/* --- questions ---------------------------------------------------------------------------- */

/* The terminal key by key or line by line, without echo; what it was goes to *old. */
static bool quiet_terminal(struct termios *old, bool by_key)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, old))
		return false;
	t = *old;
	t.c_lflag &= ~(tcflag_t)(ECHO | (by_key ? ICANON | ISIG : 0));
	return !tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}

static int read_key(void)
{
	struct termios old;
	unsigned char key;
	ssize_t n;

	if (!quiet_terminal(&old, true))
		return EOF;
	n = read(STDIN_FILENO, &key, 1);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &old);
	return n == 1 ? key : EOF;
}

/* Byte by byte: a buffer of stdio would keep the key, and what libedit has to read next. */
static bool read_answer(char *buf, size_t size)
{
	size_t used = 0;
	char c;
	ssize_t n;

	while ((n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
		if (used + 1 < size)
			buf[used++] = c;
	buf[used] = '\0';
	return n == 1 && used + 1 < size;
}

static bool ask_user(const char *question, bool hidden, char *buf, size_t size)
{
	struct termios old;
	bool ok;

	fputs(question, stdout);
	fflush(stdout);
	if (hidden && !quiet_terminal(&old, false))
		return false;
	ok = read_answer(buf, size);
	if (hidden) {
		tcsetattr(STDIN_FILENO, TCSADRAIN, &old);
		putchar('\n');
	} else if (!ok) {
		putchar('\n');
	}
	return ok;
}

/* --- lines -------------------------------------------------------------------------------- */

static void write_history(FILE *out)
{
	HistEvent ev;
	int more;

	for (more = history(the.history, &ev, H_LAST); !more;
	     more = history(the.history, &ev, H_PREV))
		fprintf(out, "  %.*s\n", (int)strcspn(ev.str, "\n"), ev.str);
}

static void remember(const char *line)
{
	HistEvent ev;

	if (line[strspn(line, " \t")] && !config_has_secret(the.s->mode, line))
		history(the.history, &ev, H_ENTER, line);
}

static void on_interrupt(int sig)
{
	(void)sig;
	client_interrupted = 1;
}

static bool open_editor(void)
{
	HistEvent ev;

	setlocale(LC_CTYPE, "");
	the.el = el_init("xipsec", stdin, stdout, stderr);
	the.history = history_init();
	if (!the.el || !the.history)
		return false;
	history(the.history, &ev, H_SETSIZE, HISTORY_LINES);
	history(the.history, &ev, H_SETUNIQUE, 1);
	el_set(the.el, EL_PROMPT, prompt_text);
	el_set(the.el, EL_EDITOR, "emacs");
	el_set(the.el, EL_SIGNAL, 1);
	el_set(the.el, EL_HIST, history, the.history);
	/* While a line is edited the keys of signals are keys. */
	el_set(the.el, EL_SETTY, "-d", "-isig", NULL);
	el_set(the.el, EL_ADDFN, "xi-help", "What may follow", on_help);
	el_set(the.el, EL_ADDFN, "xi-complete", "Complete the word", on_tab);
	el_set(the.el, EL_ADDFN, "xi-interrupt", "Drop the line", on_ctrl_c);
	el_set(the.el, EL_ADDFN, "xi-end", "Leave configuration", on_ctrl_z);
	el_set(the.el, EL_BIND, "?", "xi-help", NULL);
	el_set(the.el, EL_BIND, "^I", "xi-complete", NULL);
	el_set(the.el, EL_BIND, "^C", "xi-interrupt", NULL);
	el_set(the.el, EL_BIND, "^Z", "xi-end", NULL);
	el_set(the.el, EL_BIND, "^W", "ed-delete-prev-word", NULL);
	return true;
}

static void close_editor(void)
{
	if (the.history)
		history_end(the.history);
	if (the.el)
		el_end(the.el);
}

static void do_line(const char *typed, int len)
{
	char line[LEX_LINE_MAX];
	enum ending ending = the.ending;

	if (ending != END_RETURN)
		printf("^%c\n", ending == END_CTRL_C ? 'C' : 'Z');
	if (len >= (int)sizeof(line)) {
		session_fail(the.s, "", "a line of more than %zu bytes", sizeof(line) - 1);
		return;
	}
	/* Behind `len` there may be what was typed before: keys of ours end no string. */
	snprintf(line, sizeof(line), "%.*s", len, typed);
	line[strcspn(line, "\r\n")] = '\0';
	client_interrupted = 0;
	if (ending != END_CTRL_C) {
		remember(line);
		session_line(the.s, line);
	}
	if (ending != END_RETURN && session_configures(the.s))
		session_line(the.s, "end");
	explicit_bzero(line, sizeof(line));
	fflush(stdout);
}

int prompt_run(struct session *s)
{
	const struct sigaction act = { .sa_handler = on_interrupt };	/* calls end with EINTR */
	const struct rlimit none = {};
	struct err e = {};
	const char *typed;
	int len;

	the = (struct prompt){ .s = s };
	setrlimit(RLIMIT_CORE, &none);
	if (!open_editor()) {
		close_editor();
		return session_fail(s, "", "the terminal cannot be used");
	}
	sigaction(SIGINT, &act, NULL);
	s->interactive = true;
	s->err = stdout;
	s->answer = ask_user;
	s->history = write_history;
	s->key = read_key;
	if (session_learn_hostname(s, &e))
		session_fail(s, "", "%s", e.text);
	while (!s->done) {
		the.ending = END_RETURN;
		/* Before the prompt: what is typed at it is not echoed twice. */
		el_set(the.el, EL_PREP_TERM, 1);
		typed = el_gets(the.el, &len);
		if (typed && len > 0)
			do_line(typed, len);
		else if (the.ending != END_RETURN)
			do_line("", 0);		/* a key of ours on an empty line */
		else if (errno == EINTR)
			continue;
		else
			break;	/* Ctrl-D, or the terminal is gone */
	}
	if (!s->done)
		putchar('\n');
	close_editor();
	return 0;
}
