/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pointers are made of slots: two objects that live at the same time have
 * different ones, and an object freed and allocated in one slot looks like a
 * pointer used again. A free of an unknown object has a pointer of its own.
 *
 * An implicit free is what the import assumes when a pointer is allocated
 * while in use. So where the next event allocates in its slot it gets no
 * line, and is assumed again; elsewhere it becomes a free without call site.
 */
#include "sim/convert_text.h"

#include <inttypes.h>
#include <string.h>

#include "sim/info_pass.h"

/* Neither NULL nor 16, which kmalloc(0) returns. */
#define FIRST_PTR UINT64_C(0x10000000)
#define FIRST_UNKNOWN_PTR (UINT64_C(1) << 40)
/* Descriptors of pages, as x86-64 has them: 64 bytes each. */
#define FIRST_PAGE_PTR UINT64_C(0xffffea0000000000)

void convert_init(struct convert *convert, const struct trace_header *header,
		  FILE *out)
{
	memset(convert, 0, sizeof(*convert));
	convert->header = header;
	convert->out = out;
	convert->slub = strcmp(header->kernel, "SLUB") == 0;
}

/* Of the lost events, those that have a line of their own. */
static uint64_t lost_in_lines(const struct trace_header *header)
{
	uint64_t lost = 0;

	for (uint32_t i = 0; i < header->nr_losses; i++)
		lost += header->losses[i].events ? header->losses[i].events : 1;
	return lost < header->counts.lost ? lost : header->counts.lost;
}

void convert_heading(const struct convert *convert, uint64_t lines)
{
	fprintf(convert->out,
		"# tracer: nop\n"
		"#\n"
		"# entries-in-buffer/entries-written: %" PRIu64 "/%" PRIu64
		"   #P:%" PRIu32 "\n"
		"#\n"
		"#                                _-----=> irqs-off/"
		"BH-disabled\n"
		"#                               / _----=> need-resched\n"
		"#                              | / _---=> hardirq/softirq\n"
		"#                              || / _--=> preempt-depth\n"
		"#                              ||| / _-=> migrate-disable\n"
		"#                              |||| /     delay\n"
		"#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n"
		"#              | |         |   |||||     |         |\n",
		lines,
		lines + convert->header->counts.lost -
			lost_in_lines(convert->header),
		convert->header->cpus);
}

/* Nothing of a trace may look like the end of a line. */
static void put_text(FILE *out, const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)text[i];

		putc(c < ' ' || c == 127 ? '?' : c, out);
	}
}

/* "comm-pid"; the '-' stands in the 17th column. */
static void put_task(struct convert *convert, uint32_t number)
{
	const char *task = convert->header->tasks[number];
	const char *dash;
	size_t comm, pid;

	if (!*task)
		task = "<...>-0";
	dash = strrchr(task, '-');
	comm = dash ? (size_t)(dash - task) : strlen(task);
	fprintf(convert->out, "%*s", comm < 16 ? (int)(16 - comm) : 0, "");
	put_text(convert->out, task, comm);
	dash = dash ? dash : "-0";
	pid = strlen(dash);
	put_text(convert->out, dash, pid);
	fprintf(convert->out, "%*s", pid < 8 ? (int)(8 - pid) : 0, "");
}

static void put_prefix(struct convert *convert, const struct event *event)
{
	uint64_t time_ns = convert->header->first_ns + event->time_ns;
	uint64_t rest = time_ns % 1000000000;

	put_task(convert, event->task);
	fprintf(convert->out, " [%03u] ..... %5" PRIu64 ".", event->cpu,
		time_ns / 1000000000);
	if (convert->nanoseconds)
		fprintf(convert->out, "%09" PRIu64 ": ", rest);
	else
		fprintf(convert->out, "%06" PRIu64 ": ", rest / 1000);
}

static void put_call_site(struct convert *convert, uint32_t number)
{
	const char *call_site = convert->header->call_sites[number];

	if (!*call_site)
		return;
	fprintf(convert->out, "call_site=");
	put_text(convert->out, call_site, strlen(call_site));
	putc(' ', convert->out);
}

static void put_name(struct convert *convert, const struct event *event)
{
	const char *name;

	if (event->cache == EVENT_NO_CACHE)
		return;
	name = convert->header->caches[event->cache].name;
	fprintf(convert->out, " name=");
	put_text(convert->out, name, strlen(name));
}

static void put_gfp(FILE *out, uint32_t gfp)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{ EVENT_GFP_DMA, "|GFP_DMA" },
		{ EVENT_GFP_THISNODE, "|__GFP_THISNODE" },
		{ EVENT_GFP_RECLAIMABLE, "|__GFP_RECLAIMABLE" },
		{ EVENT_GFP_ACCOUNT, "|__GFP_ACCOUNT" },
		{ EVENT_GFP_ZERO, "|__GFP_ZERO" },
	};

	fputs(gfp & EVENT_GFP_ATOMIC ? "GFP_ATOMIC" : "GFP_KERNEL", out);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (gfp & names[i].bit)
			fputs(names[i].name, out);
	}
}

/* As in kernels from 6.18 on: the allocation names its cache. */
static void put_alloc(struct convert *convert, const struct event *event)
{
	uint32_t bytes_alloc =
		info_slot_bytes(convert->header, convert->slub, event);

	put_prefix(convert, event);
	fputs(event->op == EVENT_KMALLOC ? "kmalloc: " : "kmem_cache_alloc: ",
	      convert->out);
	put_call_site(convert, event->call_site);
	fprintf(convert->out, "ptr=%016" PRIx64, FIRST_PTR + event->slot);
	put_name(convert, event);
	fprintf(convert->out,
		" bytes_req=%" PRIu32 " bytes_alloc=%" PRIu32 " gfp_flags=",
		event->bytes_req, bytes_alloc);
	put_gfp(convert->out, event->gfp);
	fprintf(convert->out, " node=%d accounted=%s\n", event->node,
		event->gfp & EVENT_GFP_ACCOUNT ? "true" : "false");
}

static void put_free(struct convert *convert, const struct event *event)
{
	bool kfree = event->flags & EVENT_BY_KFREE;
	uint64_t ptr = event->op == EVENT_FREE ?
			       FIRST_PTR + event->slot :
			       FIRST_UNKNOWN_PTR + convert->unknown;

	put_prefix(convert, event);
	fputs(kfree ? "kfree: " : "kmem_cache_free: ", convert->out);
	put_call_site(convert, event->call_site);
	fprintf(convert->out, "ptr=%016" PRIx64, ptr);
	if (!kfree)
		put_name(convert, event);
	putc('\n', convert->out);
}

static void put_page(struct convert *convert, const struct event *event)
{
	static const char *const names[] = {
		[EVENT_PAGE_ALLOC] = "mm_page_alloc",
		[EVENT_PAGE_FREE] = "mm_page_free",
		[EVENT_PAGE_FREE_BATCHED] = "mm_page_free_batched",
	};
	uint64_t pfn = event_pfn(event);
	bool known = pfn != EVENT_NO_PFN;

	put_prefix(convert, event);
	fprintf(convert->out, "%s: page=%016" PRIx64, names[event->op],
		FIRST_PAGE_PTR + (known ? 64 * pfn : 0));
	if (known)
		fprintf(convert->out, " pfn=0x%" PRIx64, pfn);
	fprintf(convert->out, " order=%u", event_page_order(event));
	if (event->op == EVENT_PAGE_ALLOC) {
		fprintf(convert->out, " migratetype=%d gfp_flags=",
			event_page_migratetype(event));
		put_gfp(convert->out, event->gfp);
	}
	putc('\n', convert->out);
}

/* What was lost until a time, as the kernel tells it before an event. */
static void put_losses(struct convert *convert, uint64_t time_ns)
{
	const struct trace_header *header = convert->header;

	for (; convert->next_loss < header->nr_losses; convert->next_loss++) {
		const struct trace_loss *loss =
			&header->losses[convert->next_loss];

		if (loss->until_ns > time_ns)
			return;
		fprintf(convert->out, "CPU:%" PRIu32 " [LOST ", loss->cpu);
		if (loss->events)
			fprintf(convert->out, "%" PRIu64 " ", loss->events);
		fputs("EVENTS]\n", convert->out);
	}
}

static void put_event(struct convert *convert, const struct event *event)
{
	bool alloc = event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC;

	convert->lines++;
	if ((convert->header->first_ns + event->time_ns) % 1000)
		convert->nanoseconds = true;
	convert->implicit_frees += (event->flags & EVENT_IMPLICIT) != 0;
	convert->inferred_allocs += (event->flags & EVENT_INFERRED) != 0;
	if (convert->out)
		put_losses(convert, event->time_ns);
	if (convert->out && event_is_page(event))
		put_page(convert, event);
	else if (convert->out && alloc)
		put_alloc(convert, event);
	else if (convert->out)
		put_free(convert, event);
	convert->unknown += event->op == EVENT_FREE_UNKNOWN;
}

void convert_event(struct convert *convert, const struct event *event)
{
	bool alloc = event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC;

	if (convert->holding && !(alloc && event->slot == convert->held.slot))
		put_event(convert, &convert->held);
	convert->holding = event->flags & EVENT_IMPLICIT;
	if (convert->holding)
		convert->held = *event;
	else if (event->op == EVENT_CREATE)
		convert->creations++;
	else
		put_event(convert, event);
}

void convert_finish(struct convert *convert)
{
	if (convert->holding)
		put_event(convert, &convert->held);
	convert->holding = false;
	if (convert->out)
		put_losses(convert, UINT64_MAX);
}
