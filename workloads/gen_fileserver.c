/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file server. Each request looks a file up (a buffer for its name), opens
 * it (a struct file, freed rcu_us after the close) and closes it again. A
 * file that is not cached gets a dentry and an inode, and every name_every-th
 * one a name too long for the dentry (kmalloc). Cached files are a queue, the
 * oldest first. When "cached" of them are in it, the shrinker, on the CPU
 * whose request it was, throws out "shrink" of the oldest; their objects are
 * freed after RCU.
 *
 * pin_pct of new files are kept open for long: they are not in the queue but
 * among the "pinned", where each takes the place of a random other one, which
 * becomes an ordinary cached file. So a few long-lived objects are spread
 * among many short-lived ones and hold their slabs: this is what makes dentry
 * and inode caches of real servers hard to shrink.
 */
#include "workloads/gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { C_NAMES, C_DENTRY, C_INODE, C_FILE, NR_CACHES };

static const struct workload_cache caches[NR_CACHES] = {
	[C_NAMES] = { "names_cache", 4096, 4096, CACHE_DEF_HWALIGN },
	[C_DENTRY] = { "dentry", 192, 192, CACHE_DEF_RECLAIM },
	[C_INODE] = { "ext4_inode_cache", 1096, 1096, CACHE_DEF_RECLAIM },
	[C_FILE] = { "filp", 224, 256, CACHE_DEF_HWALIGN },
};

enum {
	A_NAMES,
	A_DENTRY,
	A_LONG_NAME,
	A_INODE,
	A_FILE,
	F_NAMES,
	F_DENTRY,
	F_LONG_NAME,
	F_INODE,
	F_FILE,
	NR_SITES
};

static const struct gen_site sites[NR_SITES] = {
	[A_NAMES] = { "getname_flags+0x2b/0x180", C_NAMES, 0 },
	[A_DENTRY] = { "__d_alloc+0x29/0x1d0", C_DENTRY, 0 },
	[A_LONG_NAME] = { "__d_alloc+0x159/0x1d0", GEN_KMALLOC,
			  EVENT_GFP_RECLAIMABLE | EVENT_GFP_ACCOUNT },
	[A_INODE] = { "ext4_alloc_inode+0x1f/0x180", C_INODE, 0 },
	[A_FILE] = { "__alloc_file+0x20/0xb0", C_FILE, EVENT_GFP_ZERO },
	[F_NAMES] = { "putname+0x4c/0x60", C_NAMES, 0 },
	[F_DENTRY] = { "__d_free+0x17/0x20", C_DENTRY, 0 },
	[F_LONG_NAME] = { "__d_free_external+0x1b/0x40", GEN_KMALLOC, 0 },
	[F_INODE] = { "ext4_free_in_core_inode+0x20/0x50", C_INODE, 0 },
	[F_FILE] = { "file_free_rcu+0x29/0x50", C_FILE, 0 },
};

enum {
	P_CPUS,
	P_CACHED,
	P_PINNED,
	P_PIN,
	P_HIT,
	P_LONG,
	P_SHRINK,
	P_RCU,
	P_EVENT,
	NR_PARAMS
};

static const struct workload_param params[NR_PARAMS] = {
	[P_CPUS] = { "cpus", "", 4, 1, 1024, "CPUs that serve" },
	[P_CACHED] = { "cached", "files", 20000, 16, 100000000,
		       "cached before the shrinker runs" },
	[P_PINNED] = { "pinned", "files", 1000, 1, 100000000,
		       "held open for long" },
	[P_PIN] = { "pin_pct", "%", 5, 0, 100, "new files that are pinned" },
	[P_HIT] = { "hit_pct", "%", 60, 0, 100,
		    "requests for a file that is cached" },
	[P_LONG] = { "name_every", "files", 4, 1, 1000000,
		     "one in so many has a long name" },
	[P_SHRINK] = { "shrink", "files", 4000, 1, 100000000,
		       "thrown out at a time; cached at most" },
	[P_RCU] = { "rcu_us", "us", 8000, 0, 100000000,
		    "from call_rcu to the free" },
	[P_EVENT] = { "event_ns", "ns", 2000, 2, 100000000,
		      "between two steps of a busy CPU" },
};

struct file {
	uint32_t dentry, inode, long_name; /* slots; EVENT_NO_SLOT: none */
};

struct cpu {
	uint32_t task, softirq_task;
	uint32_t to_shrink; /* files this CPU has still to throw out */
	struct gen_queue late;
};

struct server {
	uint32_t values[NR_PARAMS];
	struct cpu *cpus;
	struct file *cached; /* a ring */
	uint32_t first, nr;  /* of the ring */
	struct file *pinned;
	uint32_t nr_pinned;
	uint32_t shrinking; /* files that CPUs have promised to throw out */
};

static void free_late(struct server *server, struct gen *gen, uint32_t cpu,
		      uint32_t site, uint32_t slot)
{
	struct gen_late late = {
		.due_ns = gen->now_ns + server->values[P_RCU] * UINT64_C(1000),
		.slot = slot,
		.site = site,
	};

	gen_queue_add(gen, &server->cpus[cpu].late, &late);
}

static void throw_out(struct server *server, struct gen *gen, uint32_t cpu)
{
	const struct file *file = &server->cached[server->first];

	free_late(server, gen, cpu, F_DENTRY, file->dentry);
	if (file->long_name != EVENT_NO_SLOT)
		free_late(server, gen, cpu, F_LONG_NAME, file->long_name);
	free_late(server, gen, cpu, F_INODE, file->inode);
	server->first = (server->first + 1) % server->values[P_CACHED];
	server->nr--;
	server->shrinking--;
	server->cpus[cpu].to_shrink--;
}

static struct file new_file(struct server *server, struct gen *gen,
			    uint32_t cpu)
{
	uint32_t task = server->cpus[cpu].task;
	struct file file = { .long_name = EVENT_NO_SLOT };

	file.dentry = gen_alloc(gen, cpu, task, A_DENTRY,
				caches[C_DENTRY].size_bytes);
	if (random_below(&gen->random, server->values[P_LONG]) == 0)
		file.long_name = gen_alloc(gen, cpu, task, A_LONG_NAME,
					   57 + random_below(&gen->random, 72));
	file.inode =
		gen_alloc(gen, cpu, task, A_INODE, caches[C_INODE].size_bytes);
	return file;
}

/* A pinned file takes a place; who had it is an ordinary one from now on. */
static struct file pin(struct server *server, struct gen *gen, struct file file,
		       bool *displaced)
{
	uint32_t at;
	struct file old;

	*displaced = server->nr_pinned == server->values[P_PINNED];
	if (!*displaced) {
		server->pinned[server->nr_pinned++] = file;
		return file;
	}
	at = random_below(&gen->random, server->nr_pinned);
	old = server->pinned[at];
	server->pinned[at] = file;
	return old;
}

static void add_file(struct server *server, struct gen *gen, uint32_t cpu)
{
	struct file file = new_file(server, gen, cpu);
	uint32_t capacity = server->values[P_CACHED];

	if (random_pct(&gen->random, server->values[P_PIN])) {
		bool displaced;

		file = pin(server, gen, file, &displaced);
		if (!displaced)
			return;
	}
	server->cached[(server->first + server->nr++) % capacity] = file;
	if (server->nr == capacity && !server->shrinking) {
		server->cpus[cpu].to_shrink += server->values[P_SHRINK];
		server->shrinking += server->values[P_SHRINK];
	}
}

static void serve(struct server *server, struct gen *gen, uint32_t cpu)
{
	uint32_t task = server->cpus[cpu].task, name, opened;
	bool hit = server->nr &&
		   random_pct(&gen->random, server->values[P_HIT]);

	name = gen_alloc(gen, cpu, task, A_NAMES, caches[C_NAMES].size_bytes);
	opened = gen_alloc(gen, cpu, task, A_FILE, caches[C_FILE].size_bytes);
	if (!hit)
		add_file(server, gen, cpu);
	gen_free(gen, cpu, task, F_NAMES, name);
	free_late(server, gen, cpu, F_FILE, opened);
}

static uint64_t step(void *state, struct gen *gen, uint32_t cpu)
{
	struct server *server = state;
	struct cpu *c = &server->cpus[cpu];
	const struct gen_late *late = gen_queue_due(gen, &c->late);

	if (late)
		gen_free(gen, cpu, c->softirq_task, late->site, late->slot);
	else if (c->to_shrink)
		throw_out(server, gen, cpu);
	else if (server->nr < server->values[P_CACHED])
		serve(server, gen, cpu);
	else
		return 5000; /* full: another CPU is shrinking */
	return random_around(&gen->random, server->values[P_EVENT]);
}

static void stop(void *state)
{
	struct server *server = state;

	for (uint32_t i = 0; server->cpus && i < server->values[P_CPUS]; i++)
		gen_queue_release(&server->cpus[i].late);
	free(server->cpus);
	free(server->cached);
	free(server->pinned);
	free(server);
}

static void *start(struct gen *gen, const uint32_t *values, char *error,
		   size_t error_bytes)
{
	struct server *server;

	if (values[P_SHRINK] > values[P_CACHED]) {
		snprintf(error, error_bytes,
			 "shrink=%u: more than cached=%u holds",
			 values[P_SHRINK], values[P_CACHED]);
		return NULL;
	}
	server = calloc(1, sizeof(*server));
	if (!server)
		return NULL;
	memcpy(server->values, values, sizeof(server->values));
	server->cpus = calloc(values[P_CPUS], sizeof(*server->cpus));
	server->cached = calloc(values[P_CACHED], sizeof(*server->cached));
	server->pinned = calloc(values[P_PINNED], sizeof(*server->pinned));
	if (!server->cpus || !server->cached || !server->pinned) {
		stop(server);
		return NULL;
	}
	for (uint32_t i = 0; i < values[P_CPUS]; i++) {
		server->cpus[i].task = gen_task(gen, "nfsd-%u", 1000 + i);
		server->cpus[i].softirq_task =
			gen_task(gen, "ksoftirqd/%u-%u", i, 10 + i);
	}
	return server;
}

static const struct workload_ops ops = {
	.caches = caches,
	.nr_caches = NR_CACHES,
	.sites = sites,
	.nr_sites = NR_SITES,
	.start = start,
	.step = step,
	.stop = stop,
};

const struct workload workload_fileserver = {
	.name = "fileserver",
	.summary = "dentries and inodes, cached, pinned and shrunk",
	.model = "Each request needs a buffer for a name and a struct file; a "
		 "file that is not cached (all but hit_pct) gets a dentry, an "
		 "inode and, one in name_every, a long name. When cached files "
		 "are there the oldest shrink of them are thrown out, by RCU. "
		 "pin_pct of new files are held open instead, each in the "
		 "place of a random other one of the pinned: a few long-lived "
		 "objects among many short-lived ones hold their slabs.",
	.params = params,
	.nr_params = NR_PARAMS,
	.ops = &ops,
};
