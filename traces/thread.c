/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread inherits the mask: it is set before, so that no signal is early. */
#define _POSIX_C_SOURCE 200809L
#include "traces/thread.h"

#include <signal.h>

bool thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return !error;
}
