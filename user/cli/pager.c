// SPDX-License-Identifier: Apache-2.0
#include "user/cli/pager.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MORE		" --More-- "
#define MORE_GONE	"\r          \r"
#define LENGTH		24	/* of a terminal that does not tell */
#define WIDTH		80

struct page {
	unsigned int	lines, columns;	/* of the terminal */
	unsigned int	left;		/* lines until the next stop */
};

static void page_init(struct page *p, const struct session *s)
{
	struct winsize w = {};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w))
		w = (struct winsize){};
	p->lines = s->length >= 0 ? (unsigned int)s->length : w.ws_row ? w.ws_row : LENGTH;
	p->columns = w.ws_col ? w.ws_col : WIDTH;
	p->left = p->lines > 1 ? p->lines - 1 : p->lines;
}

/* Lines of the terminal that these bytes take. Bytes of UTF-8 behind the first take no room. */
static unsigned int rows_of(const struct page *p, const char *line, size_t len)
{
	unsigned int width = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (line[i] == '\t')
			width += 8 - width % 8;
		else
			width += ((unsigned char)line[i] & 0xc0) != 0x80;
	}
	return width ? (width + p->columns - 1) / p->columns : 1;
}

/* false: the user has seen enough. */
static bool stop(struct page *p, const struct session *s)
{
	int key;

	fputs(MORE, s->out);
	fflush(s->out);
	key = s->key();
	fputs(MORE_GONE, s->out);
	if (key == '\r' || key == '\n')
		p->left = 1;
	else if (key == ' ')
		p->left = p->lines > 1 ? p->lines - 1 : 1;
	else
		return false;
	return true;
}

int pager_show(const struct session *s, const char *text)
{
	struct page p;

	page_init(&p, s);
	while (*text) {
		size_t len = strcspn(text, "\n");
		unsigned int rows = rows_of(&p, text, len);

		len += text[len] == '\n';
		if (s->key && p.lines && rows > p.left && !stop(&p, s))
			break;
		fwrite(text, 1, len, s->out);
		p.left -= rows < p.left ? rows : p.left;
		text += len;
	}
	return fflush(s->out) || ferror(s->out);
}
