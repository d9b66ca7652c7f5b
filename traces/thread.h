/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread beside the one that does the work. Signals are the latter's: it
 * looks at what they mean, and a read of it that waits is interrupted.
 */
#ifndef TRACES_THREAD_H
#define TRACES_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Begin @run(@arg) in a thread that gets no signal. Return: false: no thread. */
bool thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

#endif
