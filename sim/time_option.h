/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times on the command line. */
#ifndef SIM_TIME_OPTION_H
#define SIM_TIME_OPTION_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * time_parse - "1.5", "1.5s", "200ms", "30us" or "7ns" into nanoseconds
 * Exact: no more digits than a nanosecond has. Below 2^63 ns.
 * Return: false when it is none of these.
 */
bool time_parse(const char *text, uint64_t *ns);

/*
 * option_time - the value of an option as nanoseconds, @least_ns or more
 * Ends the program by argp_error when it is none.
 */
uint64_t option_time(const struct argp_state *state, const char *name,
		     const char *text, uint64_t least_ns);

#endif
