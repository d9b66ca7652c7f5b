/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/step_source.h"

#include <inttypes.h>
#include <stdio.h>

#include "reports/text.h"

void step_source_place(const struct step_source *source, uint64_t number,
		       char *text, size_t bytes)
{
	uint64_t units = step_source_units(source);

	if (number <= units)
		snprintf(text, bytes, "%s %" PRIu64 " of %" PRIu64,
			 source->unit, number, units);
	else
		snprintf(text, bytes,
			 "after the last %s, action %" PRIu64 " of %" PRIu64,
			 source->unit, number - units, source->nr_after);
}

void step_source_size(const struct step_source *source, char *text,
		      size_t bytes)
{
	uint64_t units = step_source_units(source);
	char after[64] = "";

	if (source->nr_after)
		snprintf(after, sizeof(after),
			 " and, after them, %" PRIu64 " action%s",
			 source->nr_after, text_plural(source->nr_after));
	snprintf(text, bytes, "%" PRIu64 " %s%s%s", units, source->unit,
		 text_plural(units), after);
}
