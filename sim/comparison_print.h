/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What slabsim validate prints: text for people, JSON for programs. */
#ifndef SIM_COMPARISON_PRINT_H
#define SIM_COMPARISON_PRINT_H

#include "sim/validate.h"

/* How far a number may be off; per cent of what comparison_percent says. */
struct tolerance {
	double percent[NR_COMPARED]; /* below 0: any */
};

/* Below so many, a percentage is one of this number. */
#define TOLERANCE_LEAST 100

/* Is the total of a number over its tolerance? */
bool tolerance_over(const struct tolerance *tolerance, enum compared which,
		    const struct comparison_total *total);

void comparison_print(const struct validation *validation,
		      const struct validate_options *options,
		      const struct tolerance *tolerance, bool totals_only);
void comparison_print_json(const struct validation *validation,
			   const struct validate_options *options,
			   const struct tolerance *tolerance);

#endif
