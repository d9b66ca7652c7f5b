/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a traced cache to kmem_cache_create's arguments, by fixed rules:
 * the size is the bytes asked for; the cache is aligned to the cache line
 * where the bytes given are those asked for rounded up to the line and not
 * those rounded up to the word; where both roundings agree, or neither fits
 * (debugging kernels), and for all sizes of a SLUB kernel, the table of flags
 * by name decides. Reclaim and RCU come from the table alone. Every choice is
 * put in words.
 */
#include "traces/cache_define.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/cache_flags.h"

#define TRACED_WORD 8
#define TRACED_LINE 64

struct reason {
	char text[512];
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void say(struct reason *reason,
						      const char *format, ...)
{
	size_t room = sizeof(reason->text) - reason->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(reason->text + reason->used, room, format, args);
	va_end(args);
	if (n > 0)
		reason->used += (size_t)n < room ? (size_t)n : room - 1;
}

static uint64_t round_up(uint64_t bytes, uint64_t to)
{
	return (bytes + to - 1) / to * to;
}

static const char *given_by(const struct cache_seen *seen)
{
	if (!seen->by_slabinfo)
		return "given by the map";
	if (seen->by_slabinfo == seen->identified[IDENTITY_GIVEN])
		return "the only cache in slabinfo that it can be";
	return "given by the map, or the only cache in slabinfo that it can be";
}

static void say_identity(const struct cache_seen *seen, struct reason *reason)
{
	const char *const by[] = {
		[IDENTITY_NAME] = "named by their allocation",
		[IDENTITY_OWN_FREE] = "named by their own free",
		[IDENTITY_KEY] = "by size, flags and call site",
		[IDENTITY_SIZE] = "by size only",
		[IDENTITY_GIVEN] = given_by(seen),
	};
	const char *comma = "";

	for (size_t i = 0; i <= IDENTITY_GIVEN; i++) {
		if (!seen->identified[i] || !seen->max_req)
			continue;
		say(reason, "%s%" PRIu64 " %s", comma, seen->identified[i],
		    by[i]);
		comma = ", ";
	}
}

/* Whether the sizes decide about the alignment, and how. */
static bool sizes_decide(const struct cache_seen *seen, bool *aligned,
			 struct reason *reason)
{
	uint64_t word = round_up(seen->max_req, TRACED_WORD);
	uint64_t line = round_up(seen->max_req, TRACED_LINE);

	*aligned = seen->traced_bytes == line && line != word;
	if (*aligned) {
		say(reason, "; %u of %u bytes: whole cache lines",
		    seen->traced_bytes, seen->max_req);
		return true;
	}
	if (seen->traced_bytes == word && line != word) {
		say(reason, "; %u of %u bytes: whole words only",
		    seen->traced_bytes, seen->max_req);
		return true;
	}
	if (seen->traced_bytes == word)
		say(reason, "; %u bytes tell nothing of alignment",
		    seen->traced_bytes);
	else
		say(reason, "; %u of %u bytes fit no rounding",
		    seen->traced_bytes, seen->max_req);
	return false;
}

static void say_flags(uint32_t flags, struct reason *reason)
{
	say(reason, "; table:%s%s%s%s%s",
	    flags & CACHE_DEF_HWALIGN ? " HWALIGN" : "",
	    flags & CACHE_DEF_RECLAIM ? " RECLAIM" : "",
	    flags & CACHE_DEF_RCU ? " RCU" : "",
	    flags & CACHE_DEF_CTOR ? " CTOR" : "", flags ? "" : " no flags");
}

/* What the traced kernel made of it; the simulated one does its own sums. */
static void say_row(const struct slabinfo_row *row, struct reason *reason)
{
	say(reason, "; slabinfo: %u bytes", row->objsize);
	if (row->objperslab)
		say(reason, ", %u in a slab of %u pages", row->objperslab,
		    row->pagesperslab);
}

static enum cache_identity best_identity(const struct cache_seen *seen)
{
	enum cache_identity best = IDENTITY_NAME;

	while (best < IDENTITY_GIVEN && !seen->identified[best])
		best++;
	return best;
}

/* Of a cache that the trace never allocates from, slabinfo knows the size. */
static struct cache_seen seen_in(const struct slabinfo_row *row)
{
	return (struct cache_seen){
		.min_req = row->objsize,
		.max_req = row->objsize,
		.traced_bytes = row->objsize,
	};
}

bool cache_define(struct cache_def *def, const struct cache_seen *seen,
		  const struct slabinfo_row *row, bool slub)
{
	struct reason reason = { .used = 0 };
	bool aligned = false, decided = false;
	struct cache_seen whole;
	uint32_t table = 0;

	say_identity(seen, &reason);
	if (!seen->max_req && row) {
		whole = seen_in(row);
		whole.identified[IDENTITY_GIVEN] = 1;
		seen = &whole;
		say(&reason, "only freed in the trace: size by slabinfo");
	}
	if (seen->min_req != seen->max_req)
		say(&reason, "; %u to %u bytes asked for, the most used",
		    seen->min_req, seen->max_req);
	if (slub)
		say(&reason, "; %u of %u bytes by SLUB: not used",
		    seen->traced_bytes, seen->max_req);
	else
		decided = sizes_decide(seen, &aligned, &reason);
	if (row)
		say_row(row, &reason);
	if (cache_flags_find(def->name, &table))
		say_flags(table, &reason);
	else
		say(&reason, "; not in the table of flags");
	if (decided)
		table &= ~(uint32_t)CACHE_DEF_HWALIGN;
	def->flags = table | (aligned ? CACHE_DEF_HWALIGN : 0);
	def->size_bytes = seen->max_req;
	if (def->size_bytes < TRACED_WORD) {
		/* kmem_cache_create takes no less */
		def->size_bytes = TRACED_WORD;
		say(&reason, "; raised to a word");
	}
	def->traced_bytes = seen->traced_bytes;
	def->when = CACHE_AT_START;
	def->identity = best_identity(seen);
	def->reason = malloc(reason.used + 1);
	if (def->reason)
		memcpy(def->reason, reason.text, reason.used + 1);
	return def->reason != NULL;
}
