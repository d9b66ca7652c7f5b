/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/lib/look.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writer {
	struct look *look;
	const struct machine *m;
};

__attribute__((format(printf, 2, 3))) static void add(struct look *look,
						      const char *format, ...)
{
	size_t length = strlen(look->text);
	va_list args;

	if (length && length + 1 < sizeof(look->text)) {
		look->text[length++] = ';';
		look->text[length] = '\0';
	}
	va_start(args, format);
	vsnprintf(look->text + length, sizeof(look->text) - length, format,
		  args);
	va_end(args);
}

static void add_slab(void *arg, const struct slab_view *view)
{
	const struct writer *writer = arg;

	add(writer->look, "%" PRIu64 ":%u:%" PRId64, view->grow_number,
	    view->inuse, view->first_free);
}

static void add_obj(void *arg, obj_t obj)
{
	const struct writer *writer = arg;
	struct obj_place place;

	obj_locate(writer->m, obj, &place);
	add(writer->look, "%" PRIu64 ".%u", place.grow_number, place.index);
}

static const char *done(struct look *look, int64_t nr)
{
	if (nr <= 0)
		strcpy(look->text, nr < 0 ? "none" : "-");
	return look->text;
}

const char *look_slabs(struct look *look, const struct machine *m,
		       cachep_t cachep, uint32_t node, enum slab_state list)
{
	struct writer writer = { look, m };

	look->text[0] = '\0';
	kmem_visit_slabs(m, cachep, node, list, add_slab, &writer);
	return done(look, look->text[0] != '\0');
}

const char *look_cpu(struct look *look, const struct machine *m,
		     cachep_t cachep, uint32_t cpu)
{
	struct writer writer = { look, m };

	look->text[0] = '\0';
	return done(look,
		    kmem_visit_cpu_array(m, cachep, cpu, add_obj, &writer));
}

const char *look_shared(struct look *look, const struct machine *m,
			cachep_t cachep, uint32_t node)
{
	struct writer writer = { look, m };

	look->text[0] = '\0';
	return done(look, kmem_visit_shared(m, cachep, node, add_obj, &writer));
}

const char *look_alien(struct look *look, const struct machine *m,
		       cachep_t cachep, uint32_t node, uint32_t for_node)
{
	struct writer writer = { look, m };

	look->text[0] = '\0';
	return done(look, kmem_visit_alien(m, cachep, node, for_node, add_obj,
					   &writer));
}

const char *look_obj(struct look *look, const struct machine *m, obj_t obj)
{
	struct writer writer = { look, m };

	look->text[0] = '\0';
	if (obj)
		add_obj(&writer, obj);
	return done(look, obj ? 1 : -1);
}

static struct machine *boot(const struct slab_profile *profile, uint32_t nodes,
			    uint32_t cpus)
{
	struct machine_config config = {
		.profile = profile,
		.nr_nodes = nodes,
		.nr_cpus = cpus,
		.node_pages = 1048576,
	};
	struct machine *m = machine_create(&config);

	if (!m || !machine_smp_init(m))
		abort();
	return m;
}

struct machine *booted(uint32_t nodes, uint32_t cpus)
{
	return boot(&slab_profile_2_6_36, nodes, cpus);
}

struct machine *booted_debug(uint32_t nodes, uint32_t cpus)
{
	return boot(&slab_profile_2_6_36_debug, nodes, cpus);
}

cachep_t sevens(struct machine *m, const char *name, int64_t limit,
		int64_t batchcount, int64_t shared)
{
	cachep_t cachep = kmem_cache_create(m, 0, name, 500, 0, 0);

	if (cachep == CACHE_NULL ||
	    !slabinfo_write(m, 0, cachep, limit, batchcount, shared))
		abort();
	return cachep;
}

static void print_broken(void *arg, const char *sentence)
{
	(void)arg;
	printf("# machine_check: %s\n", sentence);
}

bool in_order(const struct machine *m)
{
	return machine_check(m, print_broken, NULL) == 0;
}
