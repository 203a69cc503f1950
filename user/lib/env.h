/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clock and randomness, the two things that make a run unlike another. Code
 * that decides by them takes them from here, so that a test can set both.
 */
#ifndef XIPSEC_LIB_ENV_H
#define XIPSEC_LIB_ENV_H

#include <stddef.h>
#include <stdint.h>

struct env {
	uint64_t (*mono_ns)(void *ctx);			/* CLOCK_MONOTONIC */
	uint64_t (*wall_ns)(void *ctx);			/* CLOCK_REALTIME */
	int	 (*random)(void *ctx, void *buf, size_t len);	/* 0 or a negative errno */
	void	 *ctx;
};

/* The machine's own. */
extern const struct env env_system;

static inline uint64_t env_mono_ns(const struct env *env)
{
	return env->mono_ns(env->ctx);
}

static inline uint64_t env_wall_ns(const struct env *env)
{
	return env->wall_ns(env->ctx);
}

#endif /* XIPSEC_LIB_ENV_H */
