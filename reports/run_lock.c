/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See run_lock.h. The kernel does not tell whose a lock is; its place does. */
#define _GNU_SOURCE

#include "reports/run_lock.h"

#include <fcntl.h>
#include <unistd.h>

/* SQLite locks bytes from 1 GB on, and a database ends before 2^48. */
#define FIRST_BYTE (INT64_C(1) << 62)
/* Linux gives no process a higher number. */
#define PID_BITS 22
#define NR_PIDS (INT64_C(1) << PID_BITS)
#define NR_RUNS (INT64_C(1) << (62 - PID_BITS - 1))

static struct flock bytes_of(int64_t run, int64_t pid, int64_t nr)
{
	return (struct flock){ .l_type = F_WRLCK,
			       .l_whence = SEEK_SET,
			       .l_start = FIRST_BYTE + run * NR_PIDS + pid,
			       .l_len = nr };
}

bool run_lock_hold(int fd, int64_t run)
{
	struct flock lock = bytes_of(run, getpid() % NR_PIDS, 1);

	return run > 0 && run < NR_RUNS && !fcntl(fd, F_OFD_SETLK, &lock);
}

int64_t run_lock_holder(int fd, int64_t run)
{
	struct flock lock = bytes_of(run, 0, NR_PIDS);

	if (fd < 0 || run <= 0 || run >= NR_RUNS ||
	    fcntl(fd, F_OFD_GETLK, &lock) || lock.l_type == F_UNLCK)
		return 0;
	return (lock.l_start - FIRST_BYTE) % NR_PIDS;
}
