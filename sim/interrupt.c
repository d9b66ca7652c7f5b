/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one writable variable at file scope: a signal handler has no other way
 * to tell.
 */
#define _POSIX_C_SOURCE 200809L

#include "sim/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static volatile sig_atomic_t wanted; /* the signal; 0: none yet */

/*
 * timeout(1) sends its signal twice, so the second is no sign of impatience;
 * the third is.
 */
static void ask_to_stop(int signal_number)
{
	if (wanted)
		signal(signal_number, SIG_DFL);
	if (!wanted || signal_number != SIGINT)
		wanted = signal_number;
}

void interrupt_watch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action, old;

	memset(&action, 0, sizeof(action));
	action.sa_handler = ask_to_stop;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		/* nohup and background jobs of sh ignore some: so do we. */
		if (!sigaction(signals[i], NULL, &old) &&
		    old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

bool interrupt_wanted(void)
{
	return wanted != 0;
}

bool interrupt_forget(void)
{
	if (wanted != SIGINT)
		return false;
	wanted = 0;
	interrupt_watch(); /* a second Ctrl-C may have ended that */
	return true;
}

const volatile sig_atomic_t *interrupt_flag(void)
{
	return &wanted;
}
