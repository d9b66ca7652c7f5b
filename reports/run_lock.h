/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is writing a run now: a lock on a byte of the database file, far behind
 * all that SQLite reads, writes or locks. The byte says run and process; the
 * lock goes with the process, however it ends.
 *
 * Locks of open file descriptions (F_OFD_SETLK) are no locks of the process,
 * so SQLite's are not their business. But to close a descriptor of the file
 * drops those that SQLite holds for the process: whoever opens one here closes
 * it after the last connection.
 */
#ifndef REPORTS_RUN_LOCK_H
#define REPORTS_RUN_LOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * run_lock_hold - say that this process writes the run, until @fd is closed
 * @fd: of the database, open for writing.
 * Return: false: the file system has no such locks.
 */
bool run_lock_hold(int fd, int64_t run);

/*
 * run_lock_holder - the process that writes the run; 0: none, as far as known
 * @fd: of the database; -1: 0 is returned.
 */
int64_t run_lock_holder(int fd, int64_t run);

#endif
