/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/observe.h"

#include "model/internal.h"

static const char *const words[] = {
#define EVENT_WORD(NAME, word, legend) [SLAB_EVENT_##NAME] = word,
	SLAB_EVENTS(EVENT_WORD)
};

static const char *const legends[] = {
#define EVENT_LEGEND(NAME, word, legend) [SLAB_EVENT_##NAME] = legend,
	SLAB_EVENTS(EVENT_LEGEND)
};

const char *slab_event_word(enum slab_event_kind kind)
{
	return words[kind];
}

const char *slab_event_legend(enum slab_event_kind kind)
{
	return legends[kind];
}

void machine_observe(struct machine *m, uint32_t mask, slab_observe_fn *observe,
		     void *arg)
{
	m->observe_mask = observe ? mask : 0;
	m->observe = observe;
	m->observe_arg = arg;
	set_extras(m);
}

void machine_observe_passes(struct machine *m, slab_pass_fn *passed, void *arg)
{
	m->passed = passed;
	m->passed_arg = arg;
}

/* What a hit or a local free has to look at besides its array. */
void set_extras(struct machine *m)
{
	bool extras = m->observe_mask || m->profile.debug || m->constructors;

	/* every hit reads it: not written without need */
	if (m->extras != extras)
		m->extras = extras;
}

void notify_observer(const struct machine *m, const struct slab_event *event)
{
	m->observe(m->observe_arg, m, event);
}
