/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps the keys in this process in this process. */
#ifndef XIPSEC_DAEMON_HARDEN_H
#define XIPSEC_DAEMON_HARDEN_H

/*
 * No core file, and no other process of the same user may attach to this one or
 * read its memory; root still may. Before the first key is read. Children have
 * it too, until they execute another program.
 */
void process_harden(void);

#endif /* XIPSEC_DAEMON_HARDEN_H */
