/* SPDX-License-Identifier: Apache-2.0 */
/* How judge_*() say that a word of the line at hand is the reason. */
#ifndef XIPSEC_CONFIG_REFUSE_H
#define XIPSEC_CONFIG_REFUSE_H

#include <stdbool.h>

struct load;

/* With a caret under the word that `text` is printed for. Always false. */
bool refuse_word(struct load *l, const char *text, const char *why);

#endif /* XIPSEC_CONFIG_REFUSE_H */
