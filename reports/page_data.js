// SPDX-License-Identifier: GPL-2.0-or-later
// What the player shows: subjects (a run, lessons), each a list of moments.
// All of them give the same kind of picture of a cache:
//   { num, cpus: [{cpu, node, limit, avail, objs}],
//     nodes: [{node, shared, aliens, lists}], slabs: [{node, list, slab, objs, keys}],
//     counters: [[name, number], ...] }
// objs of an array is null where only its fill is known, as of a run; keys of a
// slab where it is known how many objects are in a state, but not which.
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);

// As text_duration of reports/text.c: three digits, the rest cut off.
function duration(ns) {
	const units = [[1e9, 's'], [1e6, 'ms'], [1e3, 'us']];
	const [size, unit] = units.find(u => ns >= u[0]) || [1000, 'ns'];
	return Math.floor(ns / (size / 1000)) / (unit === 'ns' ? 1 : 1000) + ' ' + unit;
}

function sum(list, member) {
	return list.reduce((total, one) => total + (one[member] || 0), 0);
}

function count(number, noun) {
	return number + ' ' + noun + (number === 1 ? '' : 's');
}

// The commonest words of a scenario (docs/SCENARIOS.md); others say it themselves.
function operationInWords(operation) {
	const [word, cpu, first, second] = operation.split(/\s+/);
	switch (word) {
	case 'a':
		return 'CPU ' + cpu + ' allocates from ' + first + ': object ' + second;
	case 'f':
		return 'CPU ' + cpu + ' frees object ' + first;
	case 'create':
		return 'CPU ' + cpu + ' creates the cache ' + first;
	default:
		return '';
	}
}

// --- lessons ---------------------------------------------------------------

function lessonCounters(picture) {
	return [
		['hits', sum(picture.cpus, 'allochit')],
		['misses', sum(picture.cpus, 'allocmiss')],
		['free hits', sum(picture.cpus, 'freehit')],
		['free misses', sum(picture.cpus, 'freemiss')],
		['remote frees', sum(picture.cpus, 'remotefrees')],
		['alien overflows', sum(picture.nodes, 'alienoverflow')],
		['slabs grown', sum(picture.nodes, 'grown')],
		['slabs reaped', sum(picture.nodes, 'reaped')],
	];
}

// The object's key in a slab and in an array is the same: "node:slab.index".
function keyOf(slab, index) {
	return slab.node + ':' + slab.slab + '.' + index;
}

function lessonPicture(text) {
	const picture = JSON.parse(text);
	if (!picture)
		return null;
	for (const cpu of picture.cpus)
		cpu.avail = cpu.objs.length;
	for (const node of picture.nodes) {
		for (const array of node.aliens)
			array.avail = array.objs.length;
	}
	for (const slab of picture.slabs)
		slab.keys = slab.objs.map((state, index) => keyOf(slab, index));
	picture.counters = lessonCounters(picture);
	return picture;
}

function makeLesson(lesson) {
	const [file, title] = lesson.about;
	const caches = [...new Set(lesson.pictures.map(row => row[1]))];

	// The last picture at or before the step; they are in order of steps.
	function textAt(step, cache) {
		let text = 'null';
		for (const row of lesson.pictures) {
			if (row[0] > step)
				break;
			if (row[1] === cache)
				text = row[2];
		}
		return text;
	}
	return {
		id: file.replace(/\.ops$/, ''), title, caches, nr: lesson.steps.length,
		kind: 'Lesson', inOrder: true,
		where: at => 'step ' + (at + 1) + ' of ' + lesson.steps.length,
		told: at => {
			const [step, operation, say, path, cache] = lesson.steps[at];
			return {
				say, operation, cache,
				path: path.split('\n').filter(text => text),
				claims: lesson.claims.filter(claim => claim[0] === step),
			};
		},
		picture: (at, cache) => lessonPicture(textAt(lesson.steps[at][0], cache)),
	};
}

// --- a run -----------------------------------------------------------------

// Rows [cache, k, ...] by cache.
function byCache(rows) {
	const map = new Map();
	for (const row of rows) {
		if (!map.has(row[0]))
			map.set(row[0], []);
		map.get(row[0]).push(row);
	}
	return map;
}

// Of rows [cache, k, place, ...], where something changed: those in force at k.
function inForce(rows, k, placeOf = row => row[2]) {
	const latest = new Map();
	for (const row of rows || []) {
		if (row[1] > k)
			break;
		latest.set(placeOf(row), row);
	}
	return latest;
}

const lists = ['full', 'partial', 'free'];

// A "c" without a CPU is of an older slabsim, which stored how many objects of a
// slab are in a state, not which.
const knowsWhich = map => !/c( |$)/.test(map);

// "12l 4c0 3f": runs of objects.
function slabOfMap(row) {
	const [, , node, list, number, map] = row;
	const slab = { node, list: lists[list], slab: number, objs: [], keys: null };
	for (const [, count, state] of map.matchAll(/(\d+)(\D\d*)/g)) {
		for (let i = 0; i < count; i++)
			slab.objs.push(state);
	}
	if (knowsWhich(map))
		slab.keys = slab.objs.map((state, index) => keyOf(slab, index));
	return slab;
}

// What lies in alien arrays for a node, where it is not stored array by array:
// what else is cached of it than its CPUs' arrays and its shared one hold. Only
// with two nodes it is known where.
function setAliens(nodes, cpus) {
	for (const node of nodes) {
		const own = sum(cpus.filter(cpu => cpu.node === node.node), 'avail') +
			(node.shared ? node.shared.avail : 0);
		const array = { avail: node.objs.cached - own, limit: null, objs: null };
		if (nodes.length === 2)
			nodes.find(one => one !== node).aliens.push({ for: node.node, ...array });
		else
			node.aliens.push({ title: 'alien arrays of other nodes, for this one',
				...array });
	}
}

function makeRun(run) {
	const arrays = byCache(run.arrays), nodes = byCache(run.nodes);
	const slabs = byCache(run.slabs), aliens = byCache(run.aliens);
	const tuned = byCache(run.tuned);
	const lastK = run.samples[run.samples.length - 1][0];
	const byName = new Map(run.caches.map(row => [row[1], row]));
	const losses = new Map(run.losses.map(row => [row[0], row]));

	// CPUs that are offline at a sample: "offline CPU X" took X down
	function offlineAt(k) {
		const offline = new Set();
		for (const [when, operation, result] of run.actions) {
			const [word, , cpu] = operation.split(' ');
			if (when > k)
				break;
			if (result === 'done' && word === 'offline')
				offline.add(Number(cpu));
			if (result === 'done' && word === 'online')
				offline.delete(Number(cpu));
		}
		return offline;
	}
	function cpuPicture(row, [cpu, node], limit, offline) {
		const [, , , avail = 0, allochit = 0, allocmiss = 0, freehit = 0,
			freemiss = 0, remotefrees = 0] = row || [];
		return { cpu, node, limit, avail, objs: null, allochit, allocmiss,
			freehit, freemiss, remotefrees, offline: offline.has(cpu) };
	}
	function nodePicture(row, sharedLimit) {
		const [, , node, full, partial, free, live, cached, unused, shared,
			grown, reaped] = row;
		return {
			node, grown, reaped, aliens: [],
			shared: shared === null ? null :
				{ avail: shared, limit: sharedLimit, objs: null },
			lists: { full, partial, free }, objs: { live, cached, free: unused },
		};
	}
	function addAliens(id, k, result) {
		const rows = inForce(aliens.get(id), k, row => row[2] + ' ' + row[3]);
		for (const [, , node, other, avail, limit] of rows.values()) {
			if (avail !== null)
				result.nodes.find(one => one.node === node).aliens
					.push({ for: other, avail, limit, objs: null });
		}
		if (!rows.size && run.has_aliens)
			setAliens(result.nodes, result.cpus);
	}
	function picture(at, name) {
		const row = byName.get(name), k = run.samples[at][0];
		const [id, , slot, num, pages, created, sharedCreated, hasSlabs] = row;
		const [, , limit, sharedLimit] = inForce(tuned.get(id), k, () => id).get(id) ||
			[id, 0, created, sharedCreated];
		const cpus = inForce(arrays.get(id), k), offline = offlineAt(k);
		// they count back from the last sample
		const behind = (lastK - k) % run.slab_stride;
		const slabK = behind ? k - (run.slab_stride - behind) : k;
		const result = {
			slot, num, pages, ofRun: true,
			cpus: run.cpus.map(cpu => cpuPicture(cpus.get(cpu[0]), cpu, limit,
				offline)),
			nodes: [...inForce(nodes.get(id), k).values()]
				.map(one => nodePicture(one, sharedLimit)),
			slabs: (slabs.get(id) || []).filter(one => one[1] === slabK)
				.map(slabOfMap),
			note: slabK !== k && hasSlabs && slabK >= 0 ?
				'The slabs are those of sample ' + slabK + '.' : '',
		};
		addAliens(id, k, result);
		// how long the lists are that the slabs are of
		const listed = inForce(nodes.get(id), slabK);
		for (const node of result.nodes)
			node.listed = listed.has(node.node) &&
				nodePicture(listed.get(node.node)).lists;
		result.counters = lessonCounters(result).filter(
			counter => counter[0] !== 'alien overflows');
		return result;
	}
	// What the recording lost between a sample and the one before.
	function lossesInWords(k) {
		const [, events, gaps] = losses.get(k) || [k, 0, 0];
		const parts = [];
		if (events)
			parts.push(count(events, 'event'));
		if (gaps)
			parts.push('events of unknown number in ' + count(gaps, 'place'));
		return parts.length ? ' Since the sample before, the recording lost ' +
			parts.join(', and ') + '.' : '';
	}
	// What was done to the machine between them (run --actions).
	function actionsInWords(k) {
		const done = run.actions.filter(action => action[0] === k)
			.map(([, operation, result]) => operation +
				(result === 'done' ? '' : ' (' + result + ')'));
		return done.length ? ' Since the sample before, done to the machine: ' +
			done.join('; ') + '.' : '';
	}
	// Where in the run the samples are that tell of such rows.
	function placesOf(rows) {
		const ks = new Set(rows.map(row => row[0]));
		return run.samples.map((row, at) => ks.has(row[0]) ? at : -1)
			.filter(at => at >= 0);
	}
	return {
		id: 'run', title: 'The run, sample by sample', kind: 'Run',
		caches: run.caches.map(row => row[1]), nr: run.samples.length,
		lost: placesOf(run.losses), acted: placesOf(run.actions),
		where: at => duration(run.samples[at][1]) + ' (sample ' + run.samples[at][0] + ')',
		told: at => {
			const [k, time, tick, events] = run.samples[at];
			return {
				say: 'After ' + count(events, 'event') + ' of the trace, at ' +
					duration(time) + ' of simulated time (tick ' + tick + ').' +
					actionsInWords(k) + lossesInWords(k),
				operation: '', path: [], claims: [], cache: null,
			};
		},
		picture,
		inOrder: run.slabs.length > 0 && run.slabs.every(row => knowsWhich(row[5])),
		more: run.caches.length < run.all_caches ?
			'The player has the ' + run.caches.length + ' largest of ' +
			run.all_caches + ' caches.' : '',
	};
}

const subjects = data.lessons.map(makeLesson);
if (data.run && data.run.samples.length)
	subjects.unshift(makeRun(data.run));
