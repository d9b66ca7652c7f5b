/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of a JSON object on stdout, each with the comma before it. */
#ifndef SIM_JSON_H
#define SIM_JSON_H

#include <inttypes.h>
#include <stdio.h>

#include "reports/text.h"

static inline void json_text(const char *name, const char *text)
{
	printf(",\"%s\":", name);
	text_print_json(stdout, text);
}

static inline void json_number(const char *name, uint64_t number)
{
	printf(",\"%s\":%" PRIu64, name, number);
}

#endif
