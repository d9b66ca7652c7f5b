/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that came from a trace, made safe for a terminal, for JSON, HTML, CI
 * formats and gnuplot: names of caches are whatever a kernel module chose.
 */
#ifndef REPORTS_TEXT_H
#define REPORTS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * text_visible - @text with control bytes and invalid UTF-8 as \xNN
 * @out: of @out_bytes, cut to fit, always terminated.
 */
void text_visible(const char *text, char *out, size_t out_bytes);

/* Whether the line has only what text_visible leaves alone, and tabs. */
bool text_is_plain(const char *text);

/* What the noun after a number ends in: "", or "s" when it is not 1. */
const char *text_plural(unsigned long long number);

/* Places that the (visible) text takes on a terminal: its characters. */
size_t text_width(const char *text);

/* A JSON string, quotes and all. Invalid UTF-8 becomes U+FFFD. */
void text_print_json(FILE *out, const char *text);

/*
 * Text of an element or attribute of HTML or XML. Control bytes and invalid
 * UTF-8 become U+FFFD.
 */
void text_print_html(FILE *out, const char *text);

/* Text of one line in Markdown, also in a cell of a table: it is shown as it is. */
void text_print_markdown(FILE *out, const char *text);

/* A description in TAP: no # of it begins a directive such as "# SKIP". */
void text_print_tap(FILE *out, const char *text);

/* A field of CSV, in quotes where it must be. */
void text_print_csv(FILE *out, const char *text);

/*
 * text_print_gnuplot - a gnuplot string, single quoted
 *
 * In single quotes gnuplot substitutes neither commands nor macros, and a
 * quote is written twice. Control bytes become blanks.
 */
void text_print_gnuplot(FILE *out, const char *text);
/* A line of gnuplot that sets @variable to the text. */
void text_set_gnuplot(FILE *out, const char *variable, const char *text);

/* "1.5 s", "250 ms", "12.25 us" for a number of nanoseconds. */
void text_duration(unsigned long long ns, char *out, size_t out_bytes);

#endif
