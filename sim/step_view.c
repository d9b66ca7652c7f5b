/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/step_view.h"

#include <inttypes.h>
#include <string.h>

#include "reports/text.h"
#include "sim/step_picture.h"

#define TEXT_BYTES 600

/* --- the step in words ---------------------------------------------------- */

static void add_sentence(void *arg, const char *sentence)
{
	frame_wrap(arg, "  - ", "    ", sentence);
}

void step_view_words(struct frame *frame, const struct stepper *s,
		     size_t max_path)
{
	struct step_source *source = s->source;
	uint64_t at = timeline_position(s->timeline);
	const char *slash = strrchr(source->name, '/');
	char text[TEXT_BYTES], name[200];

	text_visible(slash ? slash + 1 : source->name, name, sizeof(name));
	step_source_place(source, at, text, sizeof(text));
	frame_add(frame, FRAME_KEEP,
		  STYLE_TITLE " %s: %s, tick %" PRIu64 " " STYLE_PLAIN, name,
		  text, source->m ? machine_now(source->m) : 0);
	if (!at) {
		frame_wrap(frame, "  ", "  ",
			   "The beginning: nothing has happened yet.");
		return;
	}
	source->ops->describe(source, text, sizeof(text));
	frame_wrap(frame, STYLE_BOLD "* ", "  ", text);
	path_tell(&source->path, source->m, source->cachep, max_path,
		  add_sentence, frame);
}

/* --- the cache ----------------------------------------------------------- */

/* What the last operation added to the cache's counters, by its path. */
struct added {
	uint64_t kinds[NR_SLAB_EVENTS];
};

static void count_added(struct added *added, const struct path *path,
			cachep_t cachep)
{
	*added = (struct added){ { 0 } };
	for (size_t i = 0; i < path->nr; i++) {
		if (path->steps[i].event.cachep == cachep)
			added->kinds[path->steps[i].event.kind]++;
	}
}

/* "12" or "12 (+1)" */
static const char *number(char text[48], uint64_t value, uint64_t added)
{
	if (added)
		snprintf(text, 48,
			 STYLE_BOLD "%" PRIu64 " (+%" PRIu64 ")" STYLE_PLAIN,
			 value, added);
	else
		snprintf(text, 48, "%" PRIu64, value);
	return text;
}

static void add_counters(struct frame *frame, const struct stepper *s,
			 cachep_t cachep)
{
	struct slabinfo info;
	struct added added;
	const uint64_t *k = added.kinds;
	char a[48], b[48], c[48], d[48], e[48], f[48], g[48];

	kmem_slabinfo(s->source->m, cachep, &info);
	count_added(&added, &s->source->path, cachep);
	frame_add(frame, FRAME_KEEP,
		  "  allocs: hit %s, miss %s;  frees: hit %s, miss %s, remote "
		  "%s",
		  number(a, info.cpu.allochit, k[SLAB_EVENT_HIT]),
		  number(b, info.cpu.allocmiss,
			 k[SLAB_EVENT_MISS] + k[SLAB_EVENT_FAIL]),
		  number(c, info.cpu.freehit, k[SLAB_EVENT_FREEHIT]),
		  number(d, info.cpu.freemiss, k[SLAB_EVENT_FREEMISS]),
		  number(e, info.cpu.remotefrees,
			 k[SLAB_EVENT_ALIEN] + k[SLAB_EVENT_ALIEN_DIRECT]));
	frame_add(frame, FRAME_KEEP,
		  "  slabs: grown %s, given back %s (by the reaper: %" PRIu64
		  ");  alien overflows %s",
		  number(f, info.node.grown, k[SLAB_EVENT_GROW]),
		  number(g, info.node.destroyed, k[SLAB_EVENT_DESTROY]),
		  info.node.reaped,
		  number(a, info.node.alienoverflow,
			 k[SLAB_EVENT_ALIEN_OVERFLOW]));
}

void step_view_cache(struct frame *frame, struct stepper *s, size_t max_slabs)
{
	cachep_t cachep = stepper_cache(s);
	const struct cache_info *info = &s->picture.info;
	char name[100];

	if (cachep == CACHE_NULL) {
		text_visible(s->pinned, name, sizeof(name));
		frame_add(frame, FRAME_KEEP, "%s%s%s",
			  *name ? "cache " : "No cache to show yet.", name,
			  *name ? ": there is none now" : "");
		return;
	}
	if (!picture_take(&s->picture, s->source->m, cachep, max_slabs)) {
		frame_add(frame, FRAME_KEEP, "(no memory for a picture)");
		return;
	}
	text_visible(info->name, name, sizeof(name));
	frame_add(frame, FRAME_KEEP,
		  STYLE_BOLD "cache %s" STYLE_PLAIN ": %" PRIu64
			     " bytes, %u a slab; limit %u, batchcount %u, "
			     "shared %u",
		  name, info->buffer_bytes, info->num, info->limit,
		  info->batchcount, info->shared);
	add_counters(frame, s, cachep);
	step_picture_draw(frame, &s->picture, s->source->m, &s->source->path);
}

/* --- what comes ----------------------------------------------------------- */

void step_view_next(struct frame *frame, const struct stepper *s)
{
	struct step_source *source = s->source;
	uint64_t at = timeline_position(s->timeline);
	char text[TEXT_BYTES];

	text_visible(source->ops->talk(source, at), text, sizeof(text) - 1);
	if (*text)
		strcat(text, "\"");
	frame_wrap(frame, "  \"", "   ", text);
	source->ops->preview(source, at, text, sizeof(text));
	frame_wrap(frame, *text ? "next: " : "", "      ",
		   *text ? text : "This is the end.");
}
