/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store of events; see the header. Chunks go to the file in order, so
 * those below file->nr_sealed are there, the others in memory. A chunk's
 * memory is used again for the newest one. A mapping is shared with the file:
 * what is changed through it stays changed when it goes.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/event_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/array.h"
#include "traces/huge.h"
#include "traces/nameless.h"

#define CHUNK_BYTES (EVENT_CHUNK * sizeof(struct event_record))

struct event_file {
	int fd;
	int error;
	size_t nr_sealed;
	/* chunks that are mapped, the oldest at @hand; SIZE_MAX: none */
	size_t mapped[EVENT_MAPPED_CHUNKS];
	size_t hand;
	struct event_record *spare; /* what is given when mapping fails */
};

/* --- the file --- */

static bool start_file(struct event_store *store)
{
	struct event_file *file = calloc(1, sizeof(*file));

	if (!file)
		return false;
	store->file = file;
	for (size_t i = 0; i < EVENT_MAPPED_CHUNKS; i++)
		file->mapped[i] = SIZE_MAX;
	/* by now, so that event_store_map need not fail */
	file->spare = calloc(1, CHUNK_BYTES);
	file->fd = nameless_open();
	if (file->fd < 0)
		file->error = errno;
	return file->spare && file->fd >= 0;
}

static bool write_chunk(struct event_file *file,
			const struct event_record *chunk)
{
	const char *p = (const char *)chunk;
	size_t left = CHUNK_BYTES;

	while (left) {
		size_t done = CHUNK_BYTES - left;
		ssize_t n =
			pwrite(file->fd, p + done, left,
			       (off_t)(file->nr_sealed * CHUNK_BYTES + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			file->error = n < 0 ? errno : EIO;
			return false;
		}
		left -= (size_t)n;
	}
	return true;
}

/* Put the oldest chunk in memory into the file. Return: its memory, or NULL. */
static struct event_record *seal_chunk(struct event_store *store)
{
	struct event_file *file = store->file;
	struct event_record *chunk = store->chunks[file->nr_sealed];

	if (file->error || !write_chunk(file, chunk))
		return NULL;
	store->chunks[file->nr_sealed++] = NULL;
	return chunk;
}

static void unmap(const struct event_store *store, size_t place)
{
	struct event_file *file = store->file;
	size_t chunk = file->mapped[place];

	if (chunk == SIZE_MAX)
		return;
	if (store->chunks[chunk] != file->spare)
		munmap(store->chunks[chunk], CHUNK_BYTES);
	store->chunks[chunk] = NULL;
	file->mapped[place] = SIZE_MAX;
}

struct event_record *event_store_map(const struct event_store *store,
				     size_t chunk)
{
	struct event_file *file = store->file;
	struct event_record *records;
	void *memory;

	unmap(store, file->hand);
	memory = mmap(NULL, CHUNK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		      file->fd, (off_t)(chunk * CHUNK_BYTES));
	records = memory;
	if (memory == MAP_FAILED) {
		file->error = errno;
		records = file->spare;
	}
	store->chunks[chunk] = records;
	file->mapped[file->hand] = chunk;
	file->hand = (file->hand + 1) % EVENT_MAPPED_CHUNKS;
	return records;
}

int event_store_error(const struct event_store *store)
{
	return store->file ? store->file->error : 0;
}

/* --- chunks --- */

void event_store_release(struct event_store *store)
{
	struct event_file *file = store->file;

	for (size_t i = 0; file && i < EVENT_MAPPED_CHUNKS; i++)
		unmap(store, i);
	for (size_t i = file ? file->nr_sealed : 0; i < store->nr_chunks; i++)
		huge_free(store->chunks[i], CHUNK_BYTES);
	if (file) {
		if (file->fd >= 0)
			close(file->fd);
		free(file->spare);
		free(file);
	}
	free(store->chunks);
	free(store->long_steps);
	event_shapes_release(&store->shapes);
	event_threads_release(&store->threads);
	memset(store, 0, sizeof(*store));
}

/* Memory for a chunk: new, or that of the oldest one. */
static struct event_record *chunk_memory(struct event_store *store)
{
	if (store->nr_chunks < EVENT_MEMORY_CHUNKS)
		return huge_alloc(CHUNK_BYTES);
	if (!store->file && !start_file(store))
		return NULL;
	return seal_chunk(store);
}

static bool add_chunk(struct event_store *store)
{
	struct event_record *chunk;

	if (!array_reach(&store->chunks, &store->room, store->nr_chunks,
			 sizeof(*store->chunks)))
		return false;
	chunk = chunk_memory(store);
	if (!chunk)
		return false;
	store->chunks[store->nr_chunks++] = chunk;
	return true;
}

static bool add_long_step(struct event_store *store, uint64_t time_ns)
{
	if (!array_reach(&store->long_steps, &store->long_room, store->nr_long,
			 sizeof(*store->long_steps)))
		return false;
	store->long_steps[store->nr_long++] = time_ns;
	return true;
}

bool event_store_put(struct event_store *store, uint32_t shape, uint32_t slot,
		     uint64_t time_ns, uint32_t thread)
{
	/* one that goes back becomes a long one */
	uint64_t step_ns = time_ns - store->last_ns;
	const struct event_record record = {
		.shape = shape,
		.slot = slot,
		.step_ns = step_ns < EVENT_LONG_STEP ? (uint32_t)step_ns :
						       EVENT_LONG_STEP,
		.thread = thread,
	};

	if ((record.step_ns == EVENT_LONG_STEP &&
	     !add_long_step(store, time_ns)) ||
	    (store->nr == (uint64_t)store->nr_chunks * EVENT_CHUNK &&
	     !add_chunk(store)))
		return false;
	store->last_ns = time_ns;
	*event_store_at(store, store->nr++) = record;
	return true;
}

bool event_store_add(struct event_store *store, const struct event *event)
{
	uint32_t shape = event_shapes_number(&store->shapes, event);
	uint32_t thread =
		event_threads_number(&store->threads, event->task, event->cpu);

	return shape != EVENT_SHAPE_NONE && thread != EVENT_SHAPE_NONE &&
	       event_store_put(store, shape, event->slot, event->time_ns,
			       thread);
}
