/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XIPSEC_DAEMON_VERSION_H
#define XIPSEC_DAEMON_VERSION_H

#define XIPSEC_VERSION	"0.1.0"

#endif /* XIPSEC_DAEMON_VERSION_H */
