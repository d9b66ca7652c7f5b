/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memo of lines. Entries are found by a hash of a few words of the text:
 * it need not be good, as the whole text is compared afterwards. There is room
 * for MAX_ENTRIES; what comes later is parsed each time. Nothing is forgotten,
 * so a shape's number and the texts of an entry stay what they are.
 */
#include "traces/line_memo.h"

#include <stdlib.h>
#include <string.h>

#include "traces/huge.h"
#include "traces/kmem_fields.h"

#define MAX_ENTRIES 8192
#define TABLE_SLOTS (2 * MAX_ENTRIES)
/* Longer texts are not worth it: no kernel prints such. */
#define MAX_TEXT_BYTES 1024
#define TASKS 64
#define MAX_THREADS 8192
#define THREAD_SLOTS (2 * MAX_THREADS)
_Static_assert(MAX_ENTRIES * LINE_MEMOS <= UINT16_MAX &&
		       MAX_THREADS * LINE_MEMOS <= UINT16_MAX,
	       "numbers are 16 bits long");
/* task, flags and a blank, seconds and the point, "123456: " */
#define HEAD_MAX_BYTES (LINE_MEMO_TASK_BYTES + 8 + 8 + 8)

/* An event around its pointer. */
struct parts {
	const char *head, *tail;
	uint32_t head_bytes, tail_bytes;
	uint64_t hash, ptr;
};

struct entry {
	uint64_t hash;
	char *text; /* owned: head and tail */
	uint32_t head_bytes, tail_bytes;
	/* what the parser made of it; its texts point into @text */
	struct ftrace_line line;
};

struct known_task {
	char text[LINE_MEMO_TASK_BYTES + 1];
	uint32_t thread; /* 0: there are MAX_THREADS already */
	uint16_t cpu;
	uint8_t task_start, task_bytes; /* in @text; 0 bytes: not known yet */
};

/*
 * " d..2.     8.": the width of the flags, and the second. Both are the same
 * for long; the flags themselves are not.
 */
struct known_second {
	uint8_t flags_bytes; /* 0: nothing is known */
	uint8_t bytes;       /* of blanks, digits and the point */
	uint64_t mask, word; /* ... and these as a word */
	uint64_t time;
};

struct line_memo {
	unsigned int number;
	uint32_t nr;
	uint16_t table[TABLE_SLOTS];    /* number of an entry + 1; 0: empty */
	struct known_task tasks[TASKS]; /* the last ones, by CPU */
	uint32_t nr_threads;
	uint16_t thread_table[THREAD_SLOTS]; /* as @table */
	struct known_task threads[MAX_THREADS];
	struct known_second second;
	struct entry entries[MAX_ENTRIES];
};

struct line_memo *line_memo_create(unsigned int number)
{
	struct line_memo *memo = huge_alloc(sizeof(*memo));

	if (!memo)
		return NULL;
	memo->number = number;
	return memo;
}

void line_memo_destroy(struct line_memo *memo)
{
	if (!memo)
		return;
	for (uint32_t i = 0; i < memo->nr; i++)
		free(memo->entries[i].text);
	huge_free(memo, sizeof(*memo));
}

/* Eight bytes, the first lowest. */
static uint64_t load(const char *p)
{
	const struct cursor in = { p, p + 8 };

	return scan_word(&in);
}

/* --- events --- */

/* "event: call_site=...ptr=", if it is of that form: two '=' */
static bool find_head(struct cursor in, struct parts *parts)
{
	static const char first[] = " call_site=", second[] = " ptr=";
	const char *equals, *p = in.p;

	parts->head = in.p;
	equals = memchr(p, '=', (size_t)(in.end - p));
	if (!equals || equals + 1 - p < (ptrdiff_t)sizeof(first) - 1 ||
	    memcmp(equals + 2 - sizeof(first), first, sizeof(first) - 1) != 0)
		return false;
	p = equals + 1;
	equals = memchr(p, '=', (size_t)(in.end - p));
	if (!equals || equals + 1 - p < (ptrdiff_t)sizeof(second) - 1 ||
	    memcmp(equals + 2 - sizeof(second), second, sizeof(second) - 1) !=
		    0)
		return false;
	parts->head_bytes = (uint32_t)(equals + 1 - in.p);
	/* the call site's last and first letters */
	parts->hash = load(equals - 12);
	if (equals - p >= 16)
		parts->hash ^= load(p) * 19 ^ load(p + 8) * 23;
	return true;
}

static uint64_t hash_tail(const char *tail, size_t bytes)
{
	const char *end = tail + bytes;
	uint64_t hash = 0;

	if (bytes >= 32)
		return load(tail + 8) * 3 ^ load(tail + 16) * 5 ^
		       load(tail + 24) * 7 ^ load(tail + bytes / 2) * 11 ^
		       load(end - 16) * 13 ^ load(end - 8) * 17;
	if (bytes >= 8)
		return load(tail) * 3 ^ load(tail + bytes / 2 - 4) * 5 ^
		       load(end - 8) * 7;
	for (size_t i = 0; i < bytes; i++)
		hash = hash << 8 | (unsigned char)tail[i];
	return hash;
}

static bool take_pointer(struct cursor *in, uint64_t *ptr)
{
	struct ftrace_line found;
	uint64_t high, low;

	/* sixteen digits and a blank, or the end: nearly all of them */
	if (in->end - in->p >= 16 && scan_eight_hex(load(in->p), &high) &&
	    scan_eight_hex(load(in->p + 8), &low) &&
	    (in->end - in->p == 16 || in->p[16] == ' ')) {
		*ptr = high << 32 | low;
		in->p += 16;
		return true;
	}
	found.hidden_ptr = false;
	if (!kmem_pointer_value(in, &found))
		return false;
	*ptr = found.ptr;
	return !found.hidden_ptr;
}

/* Find the pointer; what stands around it are the parts. */
static bool split(struct cursor in, struct parts *parts)
{
	if (!find_head(in, parts))
		return false;
	in.p = parts->head + parts->head_bytes;
	if (!take_pointer(&in, &parts->ptr))
		return false;
	parts->tail = in.p;
	parts->tail_bytes = (uint32_t)(in.end - in.p);
	parts->hash ^= hash_tail(parts->tail, parts->tail_bytes);
	parts->hash ^= (uint64_t)parts->tail_bytes << 32 | parts->head_bytes;
	parts->hash *= 0x9e3779b97f4a7c15;
	return parts->head_bytes + parts->tail_bytes <= MAX_TEXT_BYTES;
}

static bool is_same(const struct entry *entry, const struct parts *parts)
{
	return entry->hash == parts->hash &&
	       entry->head_bytes == parts->head_bytes &&
	       entry->tail_bytes == parts->tail_bytes &&
	       memcmp(entry->text, parts->head, parts->head_bytes) == 0 &&
	       memcmp(entry->text + parts->head_bytes, parts->tail,
		      parts->tail_bytes) == 0;
}

/* The number of an entry, of a shape or thread; and back. */
static uint32_t number_of(const struct line_memo *memo, uint32_t entry)
{
	return entry * LINE_MEMOS + memo->number + 1;
}

static uint32_t entry_of(uint32_t number)
{
	return (number - 1) / LINE_MEMOS;
}

/* The place of the text in the table, or the empty one for it. */
static uint32_t seek(const struct line_memo *memo, const struct parts *parts)
{
	uint32_t at = (uint32_t)(parts->hash >> 40) % TABLE_SLOTS;

	while (memo->table[at] &&
	       !is_same(&memo->entries[memo->table[at] - 1], parts))
		at = (at + 1) % TABLE_SLOTS;
	return at;
}

static bool has_word(const char *text, size_t bytes, const char *word)
{
	size_t wanted = strlen(word);

	for (size_t i = 0; i + wanted <= bytes; i++) {
		if (memcmp(text + i, word, wanted) == 0)
			return true;
	}
	return false;
}

/*
 * Did the parser take the pointer from where we did? Then the rest of its
 * findings depends on head and tail alone. It did not where a bracket opens
 * before the pointer and closes behind it, or where another pointer follows.
 */
static bool may_be_known(const struct parts *parts,
			 const struct ftrace_line *line)
{
	const char *head_end = parts->head + parts->head_bytes;

	return line->kind != FTRACE_OTHER && line->call_site.text &&
	       line->call_site.text + line->call_site.bytes < head_end &&
	       (!memchr(parts->head, '(', parts->head_bytes) ||
		memchr(parts->head, ')', parts->head_bytes)) &&
	       !has_word(parts->tail, parts->tail_bytes, "ptr=");
}

/* The same text in the copy of its part of the line. */
static void move_text(struct ftrace_text *text, const char *from, size_t bytes,
		      const char *to)
{
	if (text->text >= from && text->text <= from + bytes)
		text->text = to + (text->text - from);
}

static void fill(struct entry *entry, char *text, const struct parts *parts,
		 const struct ftrace_line *line)
{
	char *tail = text + parts->head_bytes;

	memcpy(text, parts->head, parts->head_bytes);
	memcpy(tail, parts->tail, parts->tail_bytes);
	*entry = (struct entry){
		.hash = parts->hash,
		.text = text,
		.head_bytes = parts->head_bytes,
		.tail_bytes = parts->tail_bytes,
		.line = *line,
	};
	entry->line.task = (struct ftrace_text){ NULL, 0 };
	entry->line.thread = 0;
	move_text(&entry->line.call_site, parts->head, parts->head_bytes, text);
	move_text(&entry->line.gfp, parts->tail, parts->tail_bytes, tail);
	move_text(&entry->line.name, parts->tail, parts->tail_bytes, tail);
}

void line_memo_add_event(struct line_memo *memo, struct cursor in,
			 struct ftrace_line *line)
{
	struct parts parts;
	uint32_t at;
	char *text;

	if (memo->nr == MAX_ENTRIES || !split(in, &parts) ||
	    !may_be_known(&parts, line))
		return;
	at = seek(memo, &parts);
	text = memo->table[at] ?
		       NULL :
		       malloc((size_t)parts.head_bytes + parts.tail_bytes);
	if (!text)
		return;
	line->shape = number_of(memo, memo->nr);
	fill(&memo->entries[memo->nr], text, &parts, line);
	memo->table[at] = (uint16_t)++memo->nr;
}

static const struct ftrace_line *find_event(const struct line_memo *memo,
					    struct cursor in, uint64_t *ptr)
{
	struct parts parts;
	uint32_t at;

	if (!split(in, &parts))
		return NULL;
	*ptr = parts.ptr;
	at = seek(memo, &parts);
	return memo->table[at] ? &memo->entries[memo->table[at] - 1].line :
				 NULL;
}

bool line_memo_find_event(const struct line_memo *memo, struct cursor in,
			  struct ftrace_line *line)
{
	const struct ftrace_line before = *line, *known;
	uint64_t ptr;

	known = find_event(memo, in, &ptr);
	if (!known)
		return false;
	*line = *known;
	line->ptr = ptr;
	line->time = before.time;
	line->ticks = before.ticks;
	line->cpu = before.cpu;
	line->thread = before.thread;
	line->task = before.task;
	return true;
}

/* --- what stands before the event --- */

static size_t place_of(const char *text)
{
	/* the last digits of the CPU, if it is one; else any place will do */
	return (10u * (unsigned char)text[27] + (unsigned char)text[28]) %
	       TASKS;
}

static const struct known_task *find_task(const struct line_memo *memo,
					  const char *start)
{
	const struct known_task *known = &memo->tasks[place_of(start)];

	/* of fixed length, so that it becomes a few instructions */
	if (memcmp(known->text, start, LINE_MEMO_TASK_BYTES) != 0 ||
	    !known->task_bytes)
		return NULL;
	return known;
}

/* Flags: no blank nor NUL, and it does not begin like a time. */
static bool are_flags(uint64_t word)
{
	return !scan_outside(word, '!', '~') &&
	       ((word & 0xff) < '0' || (word & 0xff) > '9');
}

/* "068102: " of the fraction, in microseconds. */
static bool are_microseconds(uint64_t word)
{
	return word >> 48 == (':' | ' ' << 8) &&
	       !(scan_outside(word, '0', '9') << 16);
}

static uint64_t low_bytes(unsigned int n)
{
	return n < 8 ? (UINT64_C(1) << 8 * n) - 1 : UINT64_MAX;
}

/* Flags and time behind the task; the cursor goes behind the time's colon. */
static bool find_time(const struct known_second *second, struct cursor *in,
		      uint64_t *time_ns)
{
	const char *flags = in->p + LINE_MEMO_TASK_BYTES;
	const char *time = flags + second->flags_bytes + 1;
	const char *fraction = time + second->bytes;
	uint64_t behind = ~low_bytes(second->flags_bytes);
	uint64_t word;

	/* what is behind the flags is made to look like some */
	word = (load(flags) & ~behind) | (SCAN_ONES * '.' & behind);
	if (!are_flags(word) || time[-1] != ' ' ||
	    (load(time) & second->mask) != second->word)
		return false;
	word = load(fraction);
	if (!are_microseconds(word))
		return false;
	*time_ns = second->time + scan_digits(word, 6) * 1000;
	in->p = fraction + 7;
	return true;
}

bool line_memo_find(const struct line_memo *memo, struct cursor in,
		    struct ftrace_line *line)
{
	const struct known_task *task;
	const struct ftrace_line *event;
	const char *start = in.p;
	uint64_t time, ptr;

	if (in.end - in.p < HEAD_MAX_BYTES || !memo->second.flags_bytes)
		return false;
	task = find_task(memo, start);
	if (!task || !find_time(&memo->second, &in, &time))
		return false;
	event = find_event(memo, in, &ptr);
	if (!event)
		return false;
	*line = *event;
	line->time = time;
	line->ticks = false;
	line->ptr = ptr;
	line->cpu = task->cpu;
	line->thread = task->thread;
	line->task.text = start + task->task_start;
	line->task.bytes = task->task_bytes;
	return true;
}

void line_memo_line(const struct line_memo *memo, uint32_t shape,
		    uint32_t thread, struct ftrace_line *line)
{
	const struct known_task *task = &memo->threads[entry_of(thread)];

	*line = memo->entries[entry_of(shape)].line;
	line->ticks = false;
	line->cpu = task->cpu;
	line->thread = thread;
	line->task.text = task->text + task->task_start;
	line->task.bytes = task->task_bytes;
}

/* The number of the thread; a new one where there is room. */
static uint32_t thread_number(struct line_memo *memo,
			      const struct known_task *task)
{
	uint64_t hash = (load(task->text) * 3 ^ load(task->text + 8) * 5 ^
			 load(task->text + 16) * 7 ^ load(task->text + 23)) *
			0x9e3779b97f4a7c15;
	uint32_t at = (uint32_t)(hash >> 40) % THREAD_SLOTS, known;

	while ((known = memo->thread_table[at])) {
		if (memcmp(memo->threads[known - 1].text, task->text,
			   LINE_MEMO_TASK_BYTES) == 0)
			return number_of(memo, known - 1);
		at = (at + 1) % THREAD_SLOTS;
	}
	if (memo->nr_threads == MAX_THREADS)
		return 0;
	memo->threads[memo->nr_threads] = *task;
	memo->thread_table[at] = (uint16_t)++memo->nr_threads;
	return number_of(memo, memo->nr_threads - 1);
}

void line_memo_add_task(struct line_memo *memo, const char *start,
			struct ftrace_line *line)
{
	struct known_task *known = &memo->tasks[place_of(start)];

	memcpy(known->text, start, LINE_MEMO_TASK_BYTES);
	known->cpu = line->cpu;
	known->task_start = (uint8_t)(line->task.text - start);
	known->task_bytes = (uint8_t)line->task.bytes;
	known->thread = thread_number(memo, known);
	line->thread = known->thread;
}

void line_memo_find_thread(struct line_memo *memo, struct ftrace_line *line)
{
	struct known_task *known = &memo->tasks[line->cpu % TASKS];
	size_t bytes = line->task.bytes;

	if (known->cpu == line->cpu && known->task_bytes == bytes &&
	    memcmp(known->text, line->task.text, bytes) == 0) {
		line->thread = known->thread;
		return;
	}
	/* the CPU in the last two bytes: threads differ by their texts */
	if (bytes > LINE_MEMO_TASK_BYTES - 2)
		return;
	*known = (struct known_task){ .cpu = line->cpu,
				      .task_bytes = (uint8_t)bytes };
	memcpy(known->text, line->task.text, bytes);
	memcpy(known->text + LINE_MEMO_TASK_BYTES - 2, &line->cpu, 2);
	known->thread = thread_number(memo, known);
	line->thread = known->thread;
}

void line_memo_add_time(struct line_memo *memo, const char *start,
			const char *end, const struct ftrace_line *line)
{
	const char *flags = start + LINE_MEMO_TASK_BYTES;
	const char *time = flags, *fraction = end - 7;
	struct known_second second = { 0 };

	while (time < fraction && *time != ' ')
		time++;
	second.flags_bytes = (uint8_t)(time++ - flags);
	if (time >= fraction || fraction - time > 8 || time - flags > 8 ||
	    fraction[-1] != '.' || line->ticks)
		return;
	second.bytes = (uint8_t)(fraction - time);
	second.mask = low_bytes(second.bytes);
	second.word = load(time) & second.mask;
	second.time = line->time / 1000000000 * 1000000000;
	memo->second = second;
}
