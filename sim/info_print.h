/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "slabsim info" says of the events: tables for people, JSON keys. */
#ifndef SIM_INFO_PRINT_H
#define SIM_INFO_PRINT_H

#include "sim/info_pass.h"

/* "cache", "cpu", "callsite", "task"; false: none of them. */
bool info_key_parse(const char *word, enum info_key *key);

/* perf kmem's figures and the lifetimes of all objects. */
void info_print_figures(const struct info *info);
/* Events of the page allocator, by order. */
void info_print_pages(const struct info *info);
/* Where events were lost, if it is known; the first @top, 0: all. */
void info_print_losses(const struct trace_header *header, uint32_t top);
/* Rows by events, the most first; @top: at most so many, 0: all. */
void info_print_table(const struct trace_header *header,
		      const struct info *info, enum info_key key, uint32_t top);
/* How many objects of each cache lived how long, by powers of two. */
void info_print_lifetimes(const struct trace_header *header,
			  const struct info *info);

/* Members of the outermost object, with a comma before each. */
void info_json_figures(const struct info *info);
void info_json_pages(const struct info *info);
void info_json_losses(const struct trace_header *header);
/* Members of a cache's object. */
void info_json_cache(const struct info *info, uint32_t cache);
/* The member "by_KEY": an array of all rows with events. */
void info_json_table(const struct trace_header *header, const struct info *info,
		     enum info_key key);

#endif
