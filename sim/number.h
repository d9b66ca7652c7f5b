/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole numbers as users write them: in options, commands and files. */
#ifndef SIM_NUMBER_H
#define SIM_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * number_parse - decimal digits and nothing else, up to @max
 * So "-1", "+2", " 3", "0x4", "5k" and "" are refused. Return: false for those,
 * and for more than @max.
 */
bool number_parse(const char *text, uint64_t max, uint64_t *value);

#endif
