/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A picture of a comparison: simulated against real, a point a cache. */
#ifndef SIM_COMPARISON_PLOT_H
#define SIM_COMPARISON_PLOT_H

#include "sim/validate.h"

/*
 * comparison_plot - draw it by gnuplot into @out, PNG or, ending in .svg, SVG
 * The file appears whole or not at all. Return: an enum exit_code; what is
 * wrong is printed.
 */
int comparison_plot(const struct validation *validation,
		    const struct validate_options *options, const char *out);

#endif
