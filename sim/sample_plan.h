/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When samples are taken: a number of equal steps of simulated time, or a
 * step of the user's. Sample 0 precedes the first event; sample k follows
 * every event at or before its time; the last one follows everything.
 */
#ifndef SIM_SAMPLE_PLAN_H
#define SIM_SAMPLE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#define SAMPLE_PLAN_DEFAULT 100
/* More would be a slip of the finger: a row costs as much as 50 events. */
#define SAMPLE_PLAN_MAX 1000000

struct sample_plan {
	uint64_t end_ns;
	uint64_t steps; /* equal ones; 0: by step_ns */
	uint64_t step_ns;
};

/* The number of the last sample; the first is 0. At least 1. */
uint64_t sample_plan_last(const struct sample_plan *plan);
/* @k: 0 .. sample_plan_last. Never decreases with @k; the last is end_ns. */
uint64_t sample_plan_time_ns(const struct sample_plan *plan, uint64_t k);

/*
 * duration_parse - "250", "250ns", "10us", "10ms", "1.5s" as nanoseconds
 * Return: false when it is no duration or exceeds 64 bits.
 */
bool duration_parse(const char *text, uint64_t *ns);

#endif
