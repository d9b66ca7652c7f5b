/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reaper's ticks: each pass of cache_reap of a run becomes a row. A pass
 * may end on a thread of its own, so passes are kept, and stored by whoever
 * stores the samples.
 */
#ifndef SIM_REAP_LOG_H
#define SIM_REAP_LOG_H

#include "sim/results.h"
#include "sim/sampler.h"

struct reap_log;

/*
 * reap_log_create - note the passes of the replay's machine from now on
 * All are borrowed and must outlive it. Return: owned; NULL: no memory.
 */
struct reap_log *reap_log_create(struct results *results, struct replay *replay,
				 const struct sampler *sampler);
void reap_log_destroy(struct reap_log *log);
/*
 * reap_log_store - rows of all passes so far, while no pass is under way
 * Return: false: there was no memory to note one.
 */
bool reap_log_store(struct reap_log *log);

#endif
