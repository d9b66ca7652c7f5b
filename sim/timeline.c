/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots lie at multiples of `distance`, in order of position; there is
 * always one at 0. An operation that is watched costs several times one that
 * is not, so whatever is only passed through runs fast.
 */
#include "sim/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/interrupt.h"

/* A stretch that runs unwatched; distances are multiples of it. */
#define STRIDE 16384
#define MAX_SNAPSHOT_BYTES ((size_t)1 << 28)
#define ASK_EVERY 1024

struct snapshot {
	uint64_t position;
	void *state;
	size_t bytes;
};

struct timeline {
	struct step_source *source;
	uint64_t position;
	uint64_t distance;
	struct snapshot *snapshots;
	size_t nr, room, bytes;
};

/* --- snapshots ----------------------------------------------------------- */

/* The last one at or before a position. */
static size_t snapshot_before(const struct timeline *t, uint64_t position)
{
	size_t i = t->nr;

	while (i > 1 && t->snapshots[i - 1].position > position)
		i--;
	return i - 1;
}

/* Every other one goes, the distance doubles. */
static void thin_out(struct timeline *t)
{
	size_t kept = 0;

	t->distance *= 2;
	for (size_t i = 0; i < t->nr; i++) {
		if (t->snapshots[i].position % t->distance == 0) {
			t->snapshots[kept++] = t->snapshots[i];
			continue;
		}
		t->bytes -= t->snapshots[i].bytes;
		t->source->ops->drop(t->snapshots[i].state);
	}
	t->nr = kept;
}

/* Here, where none is; without memory for it, going back takes longer. */
static bool take_snapshot(struct timeline *t)
{
	struct snapshot *at;
	size_t i;

	if (t->nr == t->room) {
		size_t room = t->room ? 2 * t->room : 64;

		at = realloc(t->snapshots, room * sizeof(*at));
		if (!at)
			return false;
		t->snapshots = at;
		t->room = room;
	}
	i = t->nr ? snapshot_before(t, t->position) + 1 : 0;
	at = &t->snapshots[i];
	memmove(at + 1, at, (t->nr - i) * sizeof(*at));
	at->position = t->position;
	at->state = t->source->ops->save(t->source);
	if (!at->state) {
		memmove(at, at + 1, (t->nr - i) * sizeof(*at));
		return false;
	}
	at->bytes = t->source->ops->snapshot_bytes(at->state);
	t->bytes += at->bytes;
	t->nr++;
	if (t->bytes > MAX_SNAPSHOT_BYTES)
		thin_out(t);
	return true;
}

static void snapshot_if_due(struct timeline *t)
{
	if (t->position % t->distance == 0 &&
	    t->snapshots[snapshot_before(t, t->position)].position !=
		    t->position)
		take_snapshot(t);
}

/* To the snapshot before @position, if that is a short cut. */
static int jump(struct timeline *t, uint64_t position)
{
	const struct snapshot *s = &t->snapshots[snapshot_before(t, position)];

	if (position >= t->position && s->position <= t->position)
		return EXIT_OK;
	if (!t->source->ops->restore(t->source, s->state)) {
		strcpy(t->source->error, "the host is out of memory");
		return EXIT_IO;
	}
	t->position = s->position;
	return EXIT_OK;
}

/* --- moving -------------------------------------------------------------- */

static int interrupted(struct timeline *t)
{
	strcpy(t->source->error, "interrupted");
	return EXIT_INTERRUPTED;
}

/* Forward only, unwatched, with snapshots on the way. */
static int run_to(struct timeline *t, uint64_t position, bool interruptible)
{
	while (t->position < position) {
		uint64_t stop = (t->position / STRIDE + 1) * STRIDE;
		int code;

		if (interruptible && interrupt_wanted())
			return interrupted(t);
		if (stop > position)
			stop = position;
		code = t->source->ops->run_fast(t->source, t->position, stop);
		if (code)
			return code;
		t->position = stop;
		snapshot_if_due(t);
	}
	return EXIT_OK;
}

static int watch_one(struct timeline *t)
{
	int code = t->source->ops->run_watched(t->source, t->position);

	if (code)
		return code;
	t->position++;
	snapshot_if_due(t);
	return EXIT_OK;
}

/* Watches the last operation before @position, if there is one. */
static int go_to(struct timeline *t, uint64_t position, bool interruptible)
{
	int code;

	if (position > t->source->nr)
		position = t->source->nr;
	code = jump(t, position ? position - 1 : 0);
	if (code || position == 0) {
		path_clear(&t->source->path);
		t->source->cachep = t->source->shown = CACHE_NULL;
		t->source->cpu = -1;
		return code;
	}
	code = run_to(t, position - 1, interruptible);
	return code ? code : watch_one(t);
}

int timeline_goto(struct timeline *t, uint64_t position)
{
	uint64_t from = t->position;
	int code = go_to(t, position, true);
	int back = code == EXIT_INTERRUPTED ? go_to(t, from, false) : EXIT_OK;

	return back ? back : code;
}

struct search {
	step_match_fn *match;
	void *arg;
};

/* Watch up to @end; *@last: the position after the last match, if any. */
static int watch_to(struct timeline *t, uint64_t end,
		    const struct search *search, bool first_only,
		    uint64_t *last)
{
	while (t->position < end) {
		int code = watch_one(t);

		if (code)
			return code;
		if (search->match(search->arg, t->source)) {
			*last = t->position;
			if (first_only)
				return EXIT_OK;
		}
		if (t->position % ASK_EVERY == 0 && interrupt_wanted())
			return interrupted(t);
	}
	return EXIT_OK;
}

/* One stretch between snapshots after the other, from the last on. */
static int seek_back(struct timeline *t, const struct search *search,
		     uint64_t *last)
{
	uint64_t end = t->position ? t->position - 1 : 0;
	int code = EXIT_OK;

	while (end > 0 && !*last && !code) {
		code = jump(t, end - 1);
		if (!code) {
			uint64_t begin = t->position;

			code = watch_to(t, end, search, false, last);
			end = begin;
		}
	}
	return code;
}

int timeline_seek(struct timeline *t, bool back, step_match_fn *match,
		  void *arg, bool *found)
{
	const struct search search = { match, arg };
	uint64_t from = t->position, last = 0;
	int code, moved;

	if (back)
		code = seek_back(t, &search, &last);
	else
		code = watch_to(t, t->source->nr, &search, true, &last);
	*found = !code && last;
	if ((code && code != EXIT_INTERRUPTED) || (*found && !back))
		return code;
	moved = go_to(t, *found ? last : from, false);
	return moved ? moved : code;
}

/* --- life ---------------------------------------------------------------- */

struct timeline *timeline_create(struct step_source *source)
{
	struct timeline *t = calloc(1, sizeof(*t));

	if (!t) {
		source->ops->destroy(source);
		return NULL;
	}
	t->source = source;
	t->distance = STRIDE;
	if (take_snapshot(t))
		return t;
	timeline_destroy(t);
	return NULL;
}

void timeline_destroy(struct timeline *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->nr; i++)
		t->source->ops->drop(t->snapshots[i].state);
	free(t->snapshots);
	t->source->ops->destroy(t->source);
	free(t);
}

struct step_source *timeline_source(struct timeline *t)
{
	return t->source;
}

uint64_t timeline_position(const struct timeline *t)
{
	return t->position;
}

void timeline_costs(const struct timeline *t, size_t *nr_snapshots,
		    size_t *bytes, uint64_t *distance)
{
	*nr_snapshots = t->nr;
	*bytes = t->bytes;
	*distance = t->distance;
}
