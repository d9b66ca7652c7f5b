/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread inherits the mask: it is set before, so that no signal is early. */
#define _POSIX_C_SOURCE 200809L
#include "traces/thread.h"

#include <signal.h>

static bool start(pthread_t *thread, const pthread_attr_t *attr,
		  void *(*run)(void *), void *arg)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(thread, attr, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return !error;
}

bool thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	return start(thread, NULL, run, arg);
}

bool thread_start_small(pthread_t *thread, size_t bytes, void *(*run)(void *),
			void *arg)
{
	pthread_attr_t attr;
	bool started;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, bytes);
	started = start(thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
	return started;
}
