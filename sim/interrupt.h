/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ctrl-C: long work asks now and then whether to stop and ends in good order.
 */
#ifndef SIM_INTERRUPT_H
#define SIM_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/*
 * interrupt_watch - from now on SIGINT, SIGTERM and SIGHUP only ask to stop
 *
 * The third signal kills as usual.
 */
void interrupt_watch(void);
bool interrupt_wanted(void);
/*
 * interrupt_forget - Ctrl-C was for what has been stopped, not for the program
 * Return: false when another signal asked to stop, or none did.
 */
bool interrupt_forget(void);
/* The same, for code below sim/: not 0 once a stop is wanted. */
const volatile sig_atomic_t *interrupt_flag(void);

#endif
