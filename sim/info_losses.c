/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the recording lost events, as "slabsim info" lists it. */
#include "sim/info_print.h"

#include "sim/json.h"

void info_print_losses(const struct trace_header *header, uint32_t top)
{
	uint32_t nr = header->nr_losses;

	if (!nr)
		return;
	printf("\nevents were lost in %" PRIu32 " place%s (after: the CPU's "
	       "last event before):\n",
	       nr, text_plural(nr));
	printf("%12s  %5s  %12s  %12s\n", "events", "CPU", "after", "until");
	for (uint32_t i = 0; i < nr && (!top || i < top); i++) {
		const struct trace_loss *loss = &header->losses[i];
		char from[64], until[64];

		text_duration(loss->from_ns, from, sizeof(from));
		text_duration(loss->until_ns, until, sizeof(until));
		if (loss->events)
			printf("%12" PRIu64, loss->events);
		else
			printf("%12s", "?");
		printf("  %5" PRIu32 "  %12s  %12s\n", loss->cpu, from, until);
	}
	if (top && nr > top)
		printf("%12s  and %" PRIu32 " more (--top 0 lists all)\n", "",
		       nr - top);
}

void info_json_losses(const struct trace_header *header)
{
	printf(",\"losses\":[");
	for (uint32_t i = 0; i < header->nr_losses; i++) {
		const struct trace_loss *loss = &header->losses[i];

		printf("%s{\"cpu\":%" PRIu32, i ? "," : "", loss->cpu);
		json_number("from_ns", loss->from_ns);
		json_number("until_ns", loss->until_ns);
		if (loss->events)
			json_number("events", loss->events);
		else
			printf(",\"events\":null");
		putchar('}');
	}
	putchar(']');
}
