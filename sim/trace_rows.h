/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one pass over a trace tells of it, into the tables call_site and
 * lifetime: rows of the trace, whatever runs it.
 */
#ifndef SIM_TRACE_ROWS_H
#define SIM_TRACE_ROWS_H

#include "sim/results.h"

/*
 * trace_rows_store - read all events, store rows, go back to the first event
 * Nothing is read when the database has the rows of this trace already.
 * Return: an enum exit_code, what went wrong printed.
 */
int trace_rows_store(struct results *results, struct slt_reader *reader);

#endif
