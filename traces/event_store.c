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

#include "traces/nameless.h"

#define CHUNK_BYTES (EVENT_CHUNK * sizeof(struct event))

struct event_file {
	int fd;
	int error;
	size_t nr_sealed;
	/* chunks that are mapped, the oldest at @hand; SIZE_MAX: none */
	size_t mapped[EVENT_MAPPED_CHUNKS];
	size_t hand;
	struct event *spare; /* what is given when mapping fails */
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

static bool write_chunk(struct event_file *file, const struct event *chunk)
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
static struct event *seal_chunk(struct event_store *store)
{
	struct event_file *file = store->file;
	struct event *chunk = store->chunks[file->nr_sealed];

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

struct event *event_store_map(const struct event_store *store, size_t chunk)
{
	struct event_file *file = store->file;
	struct event *events;
	void *memory;

	unmap(store, file->hand);
	memory = mmap(NULL, CHUNK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		      file->fd, (off_t)(chunk * CHUNK_BYTES));
	events = memory;
	if (memory == MAP_FAILED) {
		file->error = errno;
		events = file->spare;
	}
	store->chunks[chunk] = events;
	file->mapped[file->hand] = chunk;
	file->hand = (file->hand + 1) % EVENT_MAPPED_CHUNKS;
	return events;
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
		free(store->chunks[i]);
	if (file) {
		if (file->fd >= 0)
			close(file->fd);
		free(file->spare);
		free(file);
	}
	free(store->chunks);
	memset(store, 0, sizeof(*store));
}

static bool grow_table(struct event_store *store)
{
	size_t room = store->room ? 2 * store->room : 64;
	struct event **chunks = realloc(store->chunks, room * sizeof(*chunks));

	if (!chunks)
		return false;
	store->chunks = chunks;
	store->room = room;
	return true;
}

/* Memory for a chunk: new, or that of the oldest one. */
static struct event *chunk_memory(struct event_store *store)
{
	if (store->nr_chunks < EVENT_MEMORY_CHUNKS)
		return malloc(CHUNK_BYTES);
	if (!store->file && !start_file(store))
		return NULL;
	return seal_chunk(store);
}

static bool add_chunk(struct event_store *store)
{
	struct event *chunk;

	if (store->nr_chunks == store->room && !grow_table(store))
		return false;
	chunk = chunk_memory(store);
	if (!chunk)
		return false;
	store->chunks[store->nr_chunks++] = chunk;
	return true;
}

struct event *event_store_add(struct event_store *store)
{
	if (store->nr == (uint64_t)store->nr_chunks * EVENT_CHUNK &&
	    !add_chunk(store))
		return NULL;
	return event_store_at(store, store->nr++);
}
