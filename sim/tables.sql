-- SPDX-License-Identifier: GPL-2.0-or-later
-- The tables that are written by hand; those of the samples are made of
-- column lists (sim/schema.c). Comments inside a statement stay in the file:
-- "sqlite3 run.db .schema" shows them.
--
-- Ids count through the file, not through the run: a sample, a cache, a CPU
-- and a node belong to one run each, so a stat row needs no run_id.

CREATE TABLE IF NOT EXISTS trace (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL, -- xxh64: of the imported bytes
  format TEXT NOT NULL, kernel TEXT, clock TEXT,
  cpus INTEGER NOT NULL, caches INTEGER NOT NULL,
  events INTEGER NOT NULL, -- to replay
  first_ns INTEGER NOT NULL, -- the trace's own clock at its first event
  span_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
  peak_live_objs INTEGER NOT NULL,
  -- what its import counted, in lines of the recording
  event_lines INTEGER NOT NULL, allocs INTEGER NOT NULL,
  failed_allocs INTEGER NOT NULL, frees INTEGER NOT NULL,
  null_frees INTEGER NOT NULL, unknown_frees INTEGER NOT NULL,
  implicit_frees INTEGER NOT NULL, own_dropped INTEGER NOT NULL,
  other_events INTEGER NOT NULL, lost_events INTEGER NOT NULL,
  unparsed_lines INTEGER NOT NULL, live_at_end INTEGER NOT NULL,
  inferred_allocs INTEGER, -- not traced, put in
  -- events of the page allocator, which are not replayed; frees with batched
  page_allocs INTEGER, page_frees INTEGER);

CREATE TABLE IF NOT EXISTS run (
  id INTEGER PRIMARY KEY,
  trace_id INTEGER NOT NULL REFERENCES trace(id),
  status TEXT NOT NULL CHECK (status IN ('partial', 'complete')),
  stop_reason TEXT, -- of a partial run, where known
  version TEXT NOT NULL, -- of slabsim
  model_version INTEGER NOT NULL, -- results of others do not compare
  seed INTEGER, -- NULL: nothing in it is random
  config TEXT NOT NULL, -- JSON: all that decides the results
  profile TEXT NOT NULL, -- the simulated kernel
  machine TEXT NOT NULL,
  nodes INTEGER NOT NULL, cpus INTEGER NOT NULL,
  node_pages INTEGER NOT NULL,
  hz INTEGER NOT NULL, page_bytes INTEGER NOT NULL,
  -- what the replay counted; NULL: it never came to its end
  events INTEGER, allocs INTEGER, failed_allocs INTEGER, frees INTEGER,
  skipped_frees INTEGER, too_large INTEGER, folded_cpus INTEGER,
  folded_nodes INTEGER,
  end_ns INTEGER, end_tick INTEGER,
  warm_frees INTEGER, -- of frees: of objects of the warm start
  -- of events: of a CPU that was offline, done by another
  moved_events INTEGER);

CREATE TABLE IF NOT EXISTS node (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run(id),
  node INTEGER NOT NULL, limit_pages INTEGER NOT NULL,
  UNIQUE (run_id, node));

CREATE TABLE IF NOT EXISTS cpu (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run(id),
  cpu INTEGER NOT NULL, node_id INTEGER NOT NULL REFERENCES node(id),
  UNIQUE (run_id, cpu));

CREATE TABLE IF NOT EXISTS cache (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run(id),
  name TEXT NOT NULL,
  chain_position INTEGER, -- from the tail; NULL: never created
  -- the trace's definition; NULL: not a cache of the trace
  identity TEXT, -- how the import learnt which objects are its own
  reason TEXT, -- why these sizes and flags
  traced_bytes INTEGER, trace_allocs INTEGER, trace_frees INTEGER,
  trace_unknown_frees INTEGER, -- those of older objects
  def_size_bytes INTEGER, def_align_bytes INTEGER,
  -- what kmem_cache_create made of it
  flags TEXT, general INTEGER, dma INTEGER,
  user_bytes INTEGER, buffer_bytes INTEGER,
  objs_per_slab INTEGER, pages_per_slab INTEGER, slab_bytes INTEGER,
  off_slab INTEGER, mgmt_bytes INTEGER, slabp_cache TEXT,
  colours INTEGER, colour_off_bytes INTEGER,
  limit_objs INTEGER, batchcount_objs INTEGER, shared_factor INTEGER,
  -- of trace_allocs and trace_frees: not traced, put in by the import
  trace_inferred_allocs INTEGER, trace_inferred_frees INTEGER);
CREATE INDEX IF NOT EXISTS cache_of_run ON cache(run_id, name);

CREATE TABLE IF NOT EXISTS sample (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run(id),
  k INTEGER NOT NULL, -- 0: before the first event
  time_ns INTEGER NOT NULL, -- simulated, since the first event
  tick INTEGER NOT NULL,
  events INTEGER NOT NULL, failed_allocs INTEGER NOT NULL, -- so far
  keyframe INTEGER NOT NULL, -- 1: has a stat row of everything
  UNIQUE (run_id, k));

CREATE TABLE IF NOT EXISTS node_page_stat ( -- of every sample
  sample_id INTEGER NOT NULL REFERENCES sample(id),
  node_id INTEGER NOT NULL REFERENCES node(id),
  limit_pages INTEGER NOT NULL, in_use_pages INTEGER NOT NULL,
  peak_pages INTEGER NOT NULL, touched_frames INTEGER NOT NULL,
  PRIMARY KEY (sample_id, node_id));

CREATE TABLE IF NOT EXISTS page_order_stat ( -- where it changed
  sample_id INTEGER NOT NULL REFERENCES sample(id),
  node_id INTEGER NOT NULL REFERENCES node(id),
  page_order INTEGER NOT NULL, -- of blocks of 2^page_order pages
  free_blocks INTEGER NOT NULL,
  PRIMARY KEY (node_id, page_order, sample_id));

CREATE TABLE IF NOT EXISTS slab_occupancy ( -- of a run's last sample
  sample_id INTEGER NOT NULL REFERENCES sample(id),
  cache_id INTEGER NOT NULL REFERENCES cache(id),
  node_id INTEGER NOT NULL REFERENCES node(id),
  live_objs INTEGER NOT NULL, -- in each of so many
  slabs INTEGER NOT NULL,
  PRIMARY KEY (sample_id, cache_id, node_id, live_objs));

CREATE TABLE IF NOT EXISTS slab_pin ( -- who holds slabs with few live objects
  sample_id INTEGER NOT NULL REFERENCES sample(id),
  cache_id INTEGER NOT NULL REFERENCES cache(id),
  node_id INTEGER NOT NULL REFERENCES node(id),
  grow_number INTEGER NOT NULL, -- of the slab, as in slab_sample
  call_site TEXT NOT NULL, -- '': not known, or the allocator's own object
  objs INTEGER NOT NULL, -- live ones from there
  oldest_ns INTEGER, -- simulated time of their first allocation
  PRIMARY KEY (sample_id, cache_id, node_id, grow_number, call_site));

CREATE TABLE IF NOT EXISTS call_site ( -- of a trace; filled on request
  trace_id INTEGER NOT NULL REFERENCES trace(id),
  name TEXT NOT NULL, -- '': not known
  allocs INTEGER NOT NULL, frees INTEGER NOT NULL, -- events
  inferred_allocs INTEGER NOT NULL, implicit_frees INTEGER NOT NULL,
  unknown_frees INTEGER NOT NULL, -- those of frees of older objects
  -- of the objects allocated there
  requested_bytes INTEGER NOT NULL, allocated_bytes INTEGER NOT NULL,
  ping_pong_objs INTEGER NOT NULL, -- freed on another CPU
  live_objs INTEGER NOT NULL, -- at the end of the trace
  PRIMARY KEY (trace_id, name));

CREATE TABLE IF NOT EXISTS lifetime ( -- of a trace's objects; on request
  trace_id INTEGER NOT NULL REFERENCES trace(id),
  cache TEXT NOT NULL, -- of the traced kernel; '': of all
  from_ns INTEGER NOT NULL, below_ns INTEGER NOT NULL,
  objs INTEGER NOT NULL, -- that lived so long from allocation to free
  PRIMARY KEY (trace_id, cache, from_ns));

CREATE TABLE IF NOT EXISTS event_loss ( -- where a recording lost events
  trace_id INTEGER NOT NULL REFERENCES trace(id),
  seq INTEGER NOT NULL, -- in the order of time, from 0
  cpu INTEGER NOT NULL, -- of the traced machine
  after_ns INTEGER NOT NULL, -- that CPU's last event before; 0: none
  time_ns INTEGER NOT NULL, -- until then, since the first event
  events INTEGER, -- how many; NULL: not known
  PRIMARY KEY (trace_id, seq));

CREATE TABLE IF NOT EXISTS reap_pass ( -- each time that cache_reap ran
  run_id INTEGER NOT NULL REFERENCES run(id),
  tick INTEGER NOT NULL,
  cpu_id INTEGER NOT NULL REFERENCES cpu(id),
  time_ns INTEGER NOT NULL, -- simulated, of the tick
  slabs INTEGER NOT NULL); -- free ones that it gave back
CREATE INDEX IF NOT EXISTS reap_pass_of_run ON reap_pass(run_id, tick);

CREATE TABLE IF NOT EXISTS slab_sample ( -- slabs of chosen caches; filled on request
  sample_id INTEGER NOT NULL REFERENCES sample(id),
  cache_id INTEGER NOT NULL REFERENCES cache(id),
  node_id INTEGER NOT NULL REFERENCES node(id),
  list TEXT NOT NULL CHECK (list IN ('partial', 'full', 'free')),
  position INTEGER NOT NULL, -- from the head of the list
  grow_number INTEGER NOT NULL, -- 1: the first slab the cache ever grew
  inuse_objs INTEGER NOT NULL, -- not free: live ones and those in arrays
  live_objs INTEGER NOT NULL, -- of these, really in use
  first_free INTEGER, -- index handed out next; NULL: full
  frame INTEGER NOT NULL, -- first page frame within the node
  -- where its objects are, in order of index: '12l 4c0 3f' is 12 live, 4 in
  -- the array of CPU 0, 3 free; s0: shared array of node 0; a1: alien array of
  -- node 1, for this slab's node. NULL: schema 3 or older
  obj_map TEXT,
  PRIMARY KEY (sample_id, cache_id, node_id, list, position));

CREATE TABLE IF NOT EXISTS alien_stat ( -- of the caches of slab_sample; where it changed
  sample_id INTEGER NOT NULL REFERENCES sample(id),
  cache_id INTEGER NOT NULL REFERENCES cache(id),
  node_id INTEGER NOT NULL REFERENCES node(id), -- whose array it is
  other_node_id INTEGER NOT NULL REFERENCES node(id), -- whose objects it holds
  alien_avail_objs INTEGER, -- in it; NULL: it is gone
  alien_limit_objs INTEGER, -- its places
  PRIMARY KEY (cache_id, node_id, other_node_id, sample_id));

CREATE TABLE IF NOT EXISTS step ( -- transitions of a chosen window; filled on request
  run_id INTEGER NOT NULL REFERENCES run(id),
  event INTEGER NOT NULL, -- ordinal in the trace, from 1
  seq INTEGER NOT NULL, -- within the event, from 0
  time_ns INTEGER NOT NULL, tick INTEGER NOT NULL,
  kind TEXT NOT NULL, -- hit, miss, refill, grow, flush, alien ...
  cpu_id INTEGER REFERENCES cpu(id),
  cache_id INTEGER REFERENCES cache(id),
  node_id INTEGER REFERENCES node(id),
  objs INTEGER, -- moved
  grow_number INTEGER, -- of the slab, where there is one
  PRIMARY KEY (run_id, event, seq));

CREATE TABLE IF NOT EXISTS run_action ( -- done to the machine: run --actions
  run_id INTEGER NOT NULL REFERENCES run(id),
  number INTEGER NOT NULL, -- from 1, in order
  time_ns INTEGER NOT NULL, -- simulated, as it was asked for
  -- when it was done: ticks, and after so many events; NULL: left
  tick INTEGER, events INTEGER,
  action TEXT NOT NULL, -- offline, online, tune, shrink, limit
  operation TEXT NOT NULL, -- all of it, in words of a scenario
  -- left: the run ended before; not done: its CPU or cache had no memory
  result TEXT NOT NULL
    CHECK (result IN ('done', 'no memory', 'not done', 'left')),
  PRIMARY KEY (run_id, number));

CREATE TABLE IF NOT EXISTS lesson ( -- a scenario told step by step: script --db
  id INTEGER PRIMARY KEY,
  file TEXT NOT NULL UNIQUE, -- base name; told again, it replaces itself
  title TEXT NOT NULL, profile TEXT NOT NULL,
  version TEXT NOT NULL, model_version INTEGER NOT NULL,
  nodes INTEGER NOT NULL,
  cpu_nodes TEXT NOT NULL); -- JSON: the node of each CPU

CREATE TABLE IF NOT EXISTS lesson_step ( -- an operation
  lesson_id INTEGER NOT NULL REFERENCES lesson(id),
  step INTEGER NOT NULL, -- from 1
  line INTEGER NOT NULL, tick INTEGER NOT NULL,
  operation TEXT NOT NULL, -- as written; '': talk after the last one
  say TEXT NOT NULL, -- what is told before it
  path TEXT NOT NULL, -- what it did, a line a transition
  cache TEXT, -- it was about; NULL: no cache
  PRIMARY KEY (lesson_id, step));

CREATE TABLE IF NOT EXISTS lesson_claim ( -- "expect:" after a step
  lesson_id INTEGER NOT NULL REFERENCES lesson(id),
  step INTEGER NOT NULL, line INTEGER NOT NULL,
  claim TEXT NOT NULL, holds INTEGER NOT NULL,
  PRIMARY KEY (lesson_id, line));

CREATE TABLE IF NOT EXISTS lesson_picture ( -- a cache after a step; where it changed
  lesson_id INTEGER NOT NULL REFERENCES lesson(id),
  step INTEGER NOT NULL, cache TEXT NOT NULL,
  picture TEXT NOT NULL, -- JSON: docs/DATABASE.md; null: the cache is gone
  PRIMARY KEY (lesson_id, step, cache));
CREATE TABLE IF NOT EXISTS timing_cost ( -- of a run with timing: what it took steps to cost
  run_id INTEGER NOT NULL REFERENCES run(id),
  name TEXT NOT NULL, -- its unit is its last word
  value INTEGER NOT NULL,
  source TEXT NOT NULL, -- 'assumed...', or 'given' by the user
  PRIMARY KEY (run_id, name));

CREATE TABLE IF NOT EXISTS latency ( -- simulated, by costs of timing_cost
  run_id INTEGER NOT NULL REFERENCES run(id),
  op TEXT NOT NULL CHECK (op IN ('alloc', 'free', 'reap')),
  cache_id INTEGER REFERENCES cache(id), -- NULL: of all
  operations INTEGER NOT NULL, sum_ns INTEGER NOT NULL,
  delay_ns INTEGER NOT NULL, -- before they began: the CPU was busy
  -- percentiles, at most 1.6 % too high
  p50_ns INTEGER NOT NULL, p90_ns INTEGER NOT NULL,
  p99_ns INTEGER NOT NULL, p999_ns INTEGER NOT NULL,
  max_ns INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS latency_of_run ON latency(run_id);

CREATE TABLE IF NOT EXISTS lock_wait ( -- simulated: each lock that was taken
  run_id INTEGER NOT NULL REFERENCES run(id),
  class TEXT NOT NULL CHECK (class IN ('chain', 'alien', 'list', 'pages')),
  cache_id INTEGER REFERENCES cache(id), -- of alien and list
  node_id INTEGER REFERENCES node(id), -- of all but chain
  other_node_id INTEGER REFERENCES node(id), -- of alien: whose objects
  acquisitions INTEGER NOT NULL,
  contended INTEGER NOT NULL, -- of these, had to wait
  wait_ns INTEGER NOT NULL, max_wait_ns INTEGER NOT NULL,
  hold_ns INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS lock_wait_of_run ON lock_wait(run_id);

CREATE TABLE IF NOT EXISTS metric_def ( -- the dictionary of all columns of numbers
  name TEXT PRIMARY KEY, unit TEXT NOT NULL,
  better TEXT NOT NULL CHECK (better IN ('lower', 'higher', '')),
  description TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS host_run ( -- what may differ when the same run is repeated
  run_id INTEGER PRIMARY KEY REFERENCES run(id),
  label TEXT, command_line TEXT, trace_path TEXT,
  trace_source TEXT, -- base name of the recording
  engine TEXT, started_at TEXT, -- UTC
  wall_ns INTEGER, sample_ns INTEGER, -- the run, the sampling in it
  host TEXT, compiler TEXT, sqlite TEXT);

CREATE TABLE IF NOT EXISTS host_engine ( -- a run with threads: how they ran
  run_id INTEGER PRIMARY KEY REFERENCES run(id),
  cpu_order TEXT NOT NULL, -- as "run --order" has it
  window_events INTEGER, -- of the free order
  threads INTEGER NOT NULL, -- one for each simulated CPU, and the reaper
  host_cpus INTEGER NOT NULL, -- that they might use
  host_nodes INTEGER NOT NULL, -- with memory
  pinned INTEGER NOT NULL); -- 1: each thread to a CPU of the host

CREATE TABLE IF NOT EXISTS host_lock ( -- a run with threads: each lock taken
  run_id INTEGER NOT NULL REFERENCES run(id),
  class TEXT NOT NULL, -- chain, alien, list, pages, pool
  cache TEXT, -- of alien and list
  node INTEGER, -- of alien, list and pages
  other_node INTEGER, -- of alien: whose objects the array holds
  acquisitions INTEGER NOT NULL,
  contended INTEGER NOT NULL, -- of these, had to wait
  wait_ns INTEGER NOT NULL); -- of the host
CREATE INDEX IF NOT EXISTS host_lock_of_run ON host_lock(run_id);

CREATE TABLE IF NOT EXISTS host_spread ( -- free order, run more than once
  run_id INTEGER NOT NULL REFERENCES run(id),
  counter TEXT NOT NULL, -- summed over caches, at the end
  runs INTEGER NOT NULL, -- the stored one among them
  least INTEGER NOT NULL, most INTEGER NOT NULL,
  PRIMARY KEY (run_id, counter));
