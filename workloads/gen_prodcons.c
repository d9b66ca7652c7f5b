/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Producers and consumers. The CPU p of each pair allocates messages (an
 * skbuff head and its data) in bursts and queues them; CPU p + apart (modulo
 * the CPUs) takes them out and frees them. With apart=cpus/2 on a machine of
 * two nodes every free is of an object of the other node, as with datagrams
 * through a socket pair; with apart=0 every message is freed where it was
 * made. A full queue stops its producer, an empty one its consumer.
 *
 * Every CPU produces a burst for one queue, then empties another, so that all
 * CPUs do both, unless oneway=1: then the lower half only produces and the
 * upper half only consumes.
 */
#include "workloads/gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { C_HEAD, NR_CACHES };

static const struct workload_cache caches[NR_CACHES] = {
	[C_HEAD] = { "skbuff_head_cache", 208, 256, CACHE_DEF_HWALIGN },
};

enum { A_HEAD, A_DATA, F_DATA, F_HEAD, NR_SITES };

static const struct gen_site sites[NR_SITES] = {
	[A_HEAD] = { "__alloc_skb+0x130/0x170", C_HEAD, EVENT_GFP_ACCOUNT },
	[A_DATA] = { "__alloc_skb+0x7f/0x170", GEN_KMALLOC, EVENT_GFP_ACCOUNT },
	[F_DATA] = { "skb_release_data+0x135/0x150", GEN_KMALLOC, 0 },
	[F_HEAD] = { "kfree_skbmem+0x49/0x80", C_HEAD, 0 },
};

enum {
	P_CPUS,
	P_APART,
	P_ONEWAY,
	P_DEPTH,
	P_BURST,
	P_PAUSE,
	P_LEAST,
	P_MOST,
	P_EVENT,
	NR_PARAMS
};

static const struct workload_param params[NR_PARAMS] = {
	[P_CPUS] = { "cpus", "", 4, 1, 1024, "CPUs" },
	[P_APART] = { "apart", "CPUs", 2, 0, 1023,
		      "from a producer to its consumer; below cpus" },
	[P_ONEWAY] = { "oneway", "", 0, 0, 1,
		       "1: the lower half of the CPUs only produces" },
	[P_DEPTH] = { "depth", "messages", 256, 1, 1000000,
		      "that fit into a queue" },
	[P_BURST] = { "burst", "messages", 64, 1, 1000000,
		      "in a row before a pause" },
	[P_PAUSE] = { "pause_us", "us", 100, 0, 100000000, "after a burst" },
	[P_LEAST] = { "least_bytes", "B", 512, 1, 65536,
		      "smallest data of a message" },
	[P_MOST] = { "most_bytes", "B", 4096, 1, 65536,
		     "largest data: sizes are powers of two between" },
	[P_EVENT] = { "event_ns", "ns", 1000, 2, 100000000,
		      "between two messages of a busy CPU" },
};

struct message {
	uint32_t head, data; /* slots */
};

struct cpu {
	struct message *queue;     /* what this CPU produced */
	uint32_t first, nr;        /* messages in it */
	uint32_t burst;            /* messages since the last pause */
	uint32_t sender, receiver; /* tasks */
	uint64_t pause_end_ns;
	bool draining; /* a burst is over: consume until nothing is left */
};

struct pairs {
	uint32_t values[NR_PARAMS];
	struct cpu *cpus;
	struct message *messages; /* of all queues */
};

/* Sizes as if drawn by doubling: each power of two is as likely. */
static uint32_t draw_bytes(const struct pairs *pairs, struct gen *gen)
{
	uint32_t bytes = pairs->values[P_LEAST], doublings = 0;

	while (bytes <= pairs->values[P_MOST] / 2) {
		bytes *= 2;
		doublings++;
	}
	return pairs->values[P_LEAST]
	       << random_below(&gen->random, doublings + 1);
}

static bool produce(struct pairs *pairs, struct gen *gen, uint32_t cpu)
{
	struct cpu *c = &pairs->cpus[cpu];
	uint32_t depth = pairs->values[P_DEPTH];
	struct message *message;

	if ((pairs->values[P_ONEWAY] && cpu >= (gen->cpus + 1) / 2) ||
	    c->nr == depth || gen->now_ns < c->pause_end_ns)
		return false;
	message = &c->queue[(c->first + c->nr++) % depth];
	message->head = gen_alloc(gen, cpu, c->sender, A_HEAD,
				  caches[C_HEAD].size_bytes);
	message->data =
		gen_alloc(gen, cpu, c->sender, A_DATA, draw_bytes(pairs, gen));
	if (++c->burst < pairs->values[P_BURST])
		return true;
	c->burst = 0;
	c->draining = true;
	c->pause_end_ns = gen->now_ns + pairs->values[P_PAUSE] * UINT64_C(1000);
	return true;
}

static bool consume(struct pairs *pairs, struct gen *gen, uint32_t cpu)
{
	uint32_t from = (cpu + gen->cpus - pairs->values[P_APART]) % gen->cpus;
	struct cpu *c = &pairs->cpus[from];
	const struct message *message = &c->queue[c->first];
	uint32_t task = pairs->cpus[cpu].receiver;

	if (!c->nr)
		return false;
	gen_free(gen, cpu, task, F_DATA, message->data);
	gen_free(gen, cpu, task, F_HEAD, message->head);
	c->first = (c->first + 1) % pairs->values[P_DEPTH];
	c->nr--;
	return true;
}

static uint64_t step(void *state, struct gen *gen, uint32_t cpu)
{
	struct pairs *pairs = state;
	struct cpu *c = &pairs->cpus[cpu];
	bool did;

	if (c->draining)
		c->draining = consume(pairs, gen, cpu);
	did = c->draining || produce(pairs, gen, cpu) ||
	      consume(pairs, gen, cpu);
	return did ? random_around(&gen->random, pairs->values[P_EVENT]) : 5000;
}

static void stop(void *state)
{
	struct pairs *pairs = state;

	free(pairs->cpus);
	free(pairs->messages);
	free(pairs);
}

static bool fits(const uint32_t *values, char *error, size_t error_bytes)
{
	if (values[P_APART] >= values[P_CPUS])
		snprintf(error, error_bytes, "apart=%u: must be below cpus=%u",
			 values[P_APART], values[P_CPUS]);
	else if (values[P_ONEWAY] && values[P_APART] != values[P_CPUS] / 2)
		snprintf(error, error_bytes,
			 "oneway=1: the consumers are half of the CPUs away, "
			 "give apart=%u",
			 values[P_CPUS] / 2);
	else if (values[P_ONEWAY] && values[P_CPUS] % 2)
		snprintf(error, error_bytes,
			 "oneway=1: cpus=%u is odd, give an even number",
			 values[P_CPUS]);
	else if (values[P_LEAST] > values[P_MOST])
		snprintf(error, error_bytes,
			 "least_bytes=%u is more than most_bytes=%u",
			 values[P_LEAST], values[P_MOST]);
	else
		return true;
	return false;
}

static void *start(struct gen *gen, const uint32_t *values, char *error,
		   size_t error_bytes)
{
	uint32_t depth = values[P_DEPTH];
	struct pairs *pairs;

	if (!fits(values, error, error_bytes))
		return NULL;
	pairs = calloc(1, sizeof(*pairs));
	if (!pairs)
		return NULL;
	memcpy(pairs->values, values, sizeof(pairs->values));
	pairs->cpus = calloc(values[P_CPUS], sizeof(*pairs->cpus));
	pairs->messages = calloc((size_t)values[P_CPUS] * depth,
				 sizeof(*pairs->messages));
	if (!pairs->cpus || !pairs->messages) {
		stop(pairs);
		return NULL;
	}
	for (uint32_t i = 0; i < values[P_CPUS]; i++) {
		struct cpu *c = &pairs->cpus[i];

		c->queue = pairs->messages + (size_t)i * depth;
		c->sender = gen_task(gen, "sender-%u", 1000 + i);
		c->receiver = gen_task(gen, "receiver-%u", 3000 + i);
	}
	return pairs;
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

const struct workload workload_prodcons = {
	.name = "prodcons",
	.summary = "messages allocated on one CPU and freed on another",
	.model = "Each CPU allocates messages (an skbuff head and its data) "
		 "in bursts into a queue, from which the CPU apart places on "
		 "takes and frees them. With apart=cpus/2 on two nodes every "
		 "free is of an object of the other node. A full queue stops "
		 "its producer, an empty one its consumer.",
	.params = params,
	.nr_params = NR_PARAMS,
	.ops = &ops,
};
