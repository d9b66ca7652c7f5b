/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread beside the one that does the work. Signals are the latter's: it
 * looks at what they mean, and a read of it that waits is interrupted.
 */
#ifndef TRACES_THREAD_H
#define TRACES_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* Begin @run(@arg) in a thread that gets no signal. Return: false: no thread. */
bool thread_start(pthread_t *thread, void *(*run)(void *), void *arg);
/* The same with a stack of @bytes, for hundreds of them. */
bool thread_start_small(pthread_t *thread, size_t bytes, void *(*run)(void *),
			void *arg);

#endif
