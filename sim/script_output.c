/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outputs of a scenario, field by field: see docs/SCENARIOS.md. */
#include "sim/script_output.h"

#include <inttypes.h>

#include "model/inspect.h"
#include "reports/slabinfo_text.h"

/* Iteration over the chain, newest first. */
#define for_each_chained(m, c)                                     \
	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL; \
	     c = machine_next_cache(m, c))

static void snap_cache(FILE *out, const struct machine *m, const char *label,
		       cachep_t cachep)
{
	struct cache_info info;
	struct slabinfo s;

	kmem_cache_info(m, cachep, &info);
	kmem_slabinfo(m, cachep, &s);
	fprintf(out, "cache,%s,%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%u,%u",
		label, info.name, s.active_objs, s.num_objs, info.buffer_bytes,
		info.num, 1u << info.gfporder);
	fprintf(out, ",%u,%u,%u,%" PRIu64 ",%" PRIu64 ",%" PRIu64, info.limit,
		info.batchcount, info.shared, s.active_slabs, s.num_slabs,
		s.shared_avail);
	fprintf(out,
		",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
		",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
		s.node.listallocs, s.cache.maxobjs, s.node.grown, s.node.reaped,
		s.cache.error, s.node.maxfreeable, s.node.nodeallocs,
		s.cpu.remotefrees, s.node.alienoverflow);
	fprintf(out,
		",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
		"\n",
		s.cpu.allochit, s.cpu.allocmiss, s.cpu.freehit, s.cpu.freemiss,
		s.cache.num_active);
}

static void snap_aliens(FILE *out, const struct machine *m, cachep_t cachep,
			uint32_t node, bool has_alien)
{
	if (!has_alien) {
		fputs("-\n", out);
		return;
	}
	for (uint32_t other = 0; other < machine_nr_nodes(m); other++) {
		int64_t avail = kmem_alien_avail(m, cachep, node, other);

		if (other > 0)
			fputc(';', out);
		if (avail < 0)
			fputc('-', out);
		else
			fprintf(out, "%" PRId64, avail);
	}
	fputc('\n', out);
}

static void snap_node(FILE *out, const struct machine *m, const char *label,
		      cachep_t cachep, const char *name, uint32_t node)
{
	struct node_state s;

	kmem_node_state(m, cachep, node, &s);
	fprintf(out,
		"node,%s,%s,%u,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
		",%" PRIu64 ",%u,%" PRId64 ",%" PRId64 ",%" PRId64
		",%u,%" PRIu64 ",",
		label, name, node, s.slabs_partial, s.slabs_full, s.slabs_free,
		s.free_objects, s.free_limit, s.colour_next, s.shared_avail,
		s.shared_limit, s.shared_touched, s.free_touched, s.next_reap);
	snap_aliens(out, m, cachep, node, s.has_alien);
}

static void snap_cpu(FILE *out, const struct machine *m, const char *label,
		     cachep_t cachep, const char *name, uint32_t cpu)
{
	struct cpu_state s;

	kmem_cpu_state(m, cachep, cpu, &s);
	fprintf(out, "cpu,%s,%s,%u,%u,%u,%u,%u\n", label, name, cpu, s.avail,
		s.touched, s.limit, s.batchcount);
}

void print_snap(FILE *out, const struct machine *m, const char *label)
{
	for (uint32_t node = 0; node < machine_nr_nodes(m); node++) {
		struct node_pages p;

		machine_node_pages(m, node, &p);
		fprintf(out,
			"pages,%s,%u,%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
			label, node, p.in_use_pages, p.peak_pages,
			p.touched_frames);
	}
	for_each_chained(m, cachep)
	{
		struct cache_info info;

		kmem_cache_info(m, cachep, &info);
		snap_cache(out, m, label, cachep);
		for (uint32_t node = 0; node < machine_nr_nodes(m); node++)
			snap_node(out, m, label, cachep, info.name, node);
		for (uint32_t cpu = 0; cpu < machine_nr_cpus(m); cpu++) {
			if (machine_cpu_online(m, cpu))
				snap_cpu(out, m, label, cachep, info.name, cpu);
		}
	}
}

void print_geom(FILE *out, const struct machine *m, const char *label,
		cachep_t cachep)
{
	struct cache_info info, slabp = { .name = "-" };

	kmem_cache_info(m, cachep, &info);
	if (info.slabp_cache != CACHE_NULL)
		kmem_cache_info(m, info.slabp_cache, &slabp);
	fprintf(out, "geom,%s,%s,%" PRIu64 ",%" PRIu64 ",%u,%u,%s,%u,%u,%u,%s",
		label, info.name, info.object_bytes, info.buffer_bytes,
		info.num, info.gfporder, info.off_slab ? "off" : "on",
		info.mgmt_bytes, info.colour, info.colour_off_bytes,
		slabp.name);
	fprintf(out, ",%u,%u,%u,%u,%u,%c%c%c,%d,", info.limit, info.batchcount,
		info.shared, info.obj_offset_bytes, info.reap_phase_ticks,
		info.flags & SLAB_RED_ZONE ? 'R' : '-',
		info.flags & SLAB_STORE_USER ? 'U' : '-',
		info.flags & SLAB_POISON ? 'P' : '-', info.dma);
	for (uint32_t node = 0; node < machine_nr_nodes(m); node++) {
		struct node_state s;

		kmem_node_state(m, cachep, node, &s);
		fprintf(out, "%s%" PRIu64, node ? ";" : "", s.free_limit);
	}
	fputc('\n', out);
}

void print_geom_all(FILE *out, const struct machine *m, const char *label)
{
	for_each_chained(m, cachep) print_geom(out, m, label, cachep);
}

/* Entries of a list or array, separated by semicolons. */
struct entries {
	FILE *out;
	const struct machine *m;
	bool any;
};

static void entries_separate(struct entries *entries)
{
	if (entries->any)
		fputc(';', entries->out);
	entries->any = true;
}

static void dump_slab(void *arg, const struct slab_view *view)
{
	struct entries *entries = arg;

	entries_separate(entries);
	fprintf(entries->out, "%" PRIu64 ":%u:%" PRId64, view->grow_number,
		view->inuse, view->first_free);
}

static void dump_obj(void *arg, obj_t obj)
{
	struct entries *entries = arg;
	struct obj_place place;

	obj_locate(entries->m, obj, &place);
	entries_separate(entries);
	fprintf(entries->out, "%u:%" PRIu64 ".%u", place.nodeid,
		place.grow_number, place.index);
}

static void entries_end(const struct entries *entries)
{
	fputs(entries->any ? "\n" : "-\n", entries->out);
}

static void dump_list(FILE *out, const struct machine *m, const char *label,
		      const char *name, cachep_t cachep, uint32_t node,
		      enum slab_state list)
{
	struct entries entries = { out, m, false };

	fprintf(out, "list,%s,%s,%u,%s,", label, name, node,
		slab_list_word(list));
	kmem_visit_slabs(m, cachep, node, list, dump_slab, &entries);
	entries_end(&entries);
}

static void dump_node(FILE *out, const struct machine *m, const char *label,
		      const char *name, cachep_t cachep, uint32_t node)
{
	struct entries entries = { out, m, false };
	struct node_state s;

	kmem_node_state(m, cachep, node, &s);
	dump_list(out, m, label, name, cachep, node, SLABS_PARTIAL);
	dump_list(out, m, label, name, cachep, node, SLABS_FULL);
	dump_list(out, m, label, name, cachep, node, SLABS_FREE);
	if (s.shared_avail >= 0) {
		fprintf(out, "shared,%s,%s,%u,", label, name, node);
		kmem_visit_shared(m, cachep, node, dump_obj, &entries);
		entries_end(&entries);
	}
	for (uint32_t other = 0; other < machine_nr_nodes(m); other++) {
		if (kmem_alien_avail(m, cachep, node, other) < 0)
			continue;
		entries.any = false;
		fprintf(out, "alien,%s,%s,%u,%u,", label, name, node, other);
		kmem_visit_alien(m, cachep, node, other, dump_obj, &entries);
		entries_end(&entries);
	}
}

void print_dump(FILE *out, const struct machine *m, const char *label,
		cachep_t cachep)
{
	struct cache_info info;

	kmem_cache_info(m, cachep, &info);
	for (uint32_t node = 0; node < machine_nr_nodes(m); node++)
		dump_node(out, m, label, info.name, cachep, node);
	for (uint32_t cpu = 0; cpu < machine_nr_cpus(m); cpu++) {
		struct entries entries = { out, m, false };

		if (!machine_cpu_online(m, cpu))
			continue;
		fprintf(out, "percpu,%s,%s,%u,", label, info.name, cpu);
		kmem_visit_cpu_array(m, cachep, cpu, dump_obj, &entries);
		entries_end(&entries);
	}
}

static void slabinfo_line(FILE *out, const struct machine *m, cachep_t cachep)
{
	struct cache_info info;
	struct slabinfo s;

	kmem_cache_info(m, cachep, &info);
	kmem_slabinfo(m, cachep, &s);
	slabinfo_print_row(out, info.name,
			   (const int64_t[SLABINFO_NUMBERS]){
				   (int64_t)s.active_objs,
				   (int64_t)s.num_objs,
				   (int64_t)info.buffer_bytes,
				   info.num,
				   1 << info.gfporder,
				   info.limit,
				   info.batchcount,
				   info.shared,
				   (int64_t)s.active_slabs,
				   (int64_t)s.num_slabs,
				   (int64_t)s.shared_avail,
				   (int64_t)s.node.listallocs,
				   (int64_t)s.cache.maxobjs,
				   (int64_t)s.node.grown,
				   (int64_t)s.node.reaped,
				   (int64_t)s.cache.error,
				   (int64_t)s.node.maxfreeable,
				   (int64_t)s.node.nodeallocs,
				   (int64_t)s.cpu.remotefrees,
				   (int64_t)s.node.alienoverflow,
				   (int64_t)s.cpu.allochit,
				   (int64_t)s.cpu.allocmiss,
				   (int64_t)s.cpu.freehit,
				   (int64_t)s.cpu.freemiss });
}

void print_slabinfo(FILE *out, const struct machine *m)
{
	slabinfo_print_headings(out);
	for_each_chained(m, cachep) slabinfo_line(out, m, cachep);
}

void print_placement(FILE *out, const struct machine *m, uint64_t line,
		     uint64_t id, const char *cache, obj_t obj)
{
	struct obj_place place;

	if (!obj) {
		fprintf(out, "%" PRIu64 ",%" PRIu64 ",%s,FAIL\n", line, id,
			cache);
		return;
	}
	obj_locate(m, obj, &place);
	fprintf(out,
		"%" PRIu64 ",%" PRIu64 ",%s,%u,%" PRIu64 ",%u,%" PRIu64
		",%" PRIu64 "\n",
		line, id, cache, place.nodeid, place.grow_number, place.index,
		place.frame, place.offset_bytes);
}
