// SPDX-License-Identifier: GPL-2.0-or-later
// Drawing the picture of a cache. Text gets into the page through textContent
// only: names of caches are whatever a kernel module chose.
'use strict';

const MANY_SLABS = 60; // drawn of each list; the rest is counted
const MANY_CPUS = 16; // of a node: from then on empty arrays are counted only

function element(tag, className, text) {
	const node = document.createElement(tag);
	if (className)
		node.className = className;
	if (text !== undefined)
		node.textContent = text;
	return node;
}

// What a state says: "l7", "c1.5" and so on (see docs/DATABASE.md).
function inWords(state) {
	const [where, position] = state.slice(1).split('.');
	switch (state[0]) {
	case 'l':
		return where ? 'live, object ' + where + ' of the lesson' : 'live';
	case 'c':
		return !where ? 'cached in some array' :
			'cached in the array of CPU ' + where + (position === undefined ?
				'' : ', place ' + position + ' from the bottom');
	case 's':
		return 'cached in the shared array of node ' + where;
	case 'a':
		return 'cached in an alien array of node ' + where;
	default:
		return 'free in its slab';
	}
}

function square(state, key, words) {
	let label = state[0] === 'l' ? state.slice(1) :
		state[0] === 'f' || state === 'c' ? '' : state.split('.')[0];
	if (label.length > 2 && state[0] !== 'l')
		label = label.slice(1); // its form and colour say the letter
	const node = element('span', 'o ' + state[0] +
		(label.length > 2 && state[0] !== 'l' ? ' long' : ''), label);
	node.dataset.state = state;
	if (key)
		node.dataset.key = key;
	node.dataset.words = words;
	node.setAttribute('role', 'img');
	node.setAttribute('aria-label', words);
	return node;
}

// --- arrays ----------------------------------------------------------------

function fillText(array) {
	return array.avail + (array.limit === null ? ' objects' :
		' of ' + array.limit);
}

const fills = { c: 'var(--hatched)', s: 'var(--shared)', a: 'var(--alien)' };

function barOf(array, letter) {
	const bar = element('div', 'bar');
	const part = element('i');
	const share = array.limit ? Math.min(1, array.avail / array.limit) : 0;
	part.style.width = (100 * share) + '%';
	part.style.background = fills[letter];
	if (share)
		bar.append(part);
	bar.setAttribute('role', 'img');
	bar.setAttribute('aria-label', fillText(array));
	return bar;
}

// Bottom left, top right: the object at the open end is handed out next.
function stackOf(array, letter, where, name) {
	const stack = element('div', 'stack');
	array.objs.forEach((key, index) => {
		const state = letter + where + '.' + index;
		const node = square(state, key, 'Object ' + key + ' in ' + name +
			', place ' + index + ' from the bottom');
		node.textContent = key.replace(/^\d+:/, '');
		node.style.width = 'auto';
		node.style.minWidth = '1.72em';
		node.style.padding = '0 .25em';
		stack.append(node);
	});
	if (array.objs.length)
		stack.append(element('span', 'top', '\u25c0 top'));
	return stack;
}

function arrayBox(title, array, letter, where) {
	const box = element('div', 'array');
	const head = element('h5', '', title + ' ');
	box.append(head);
	if (!array) {
		box.append(element('div', 'stack none', 'there is none'));
		return box;
	}
	head.append(element('span', 'fill', fillText(array)));
	if (array.objs)
		box.append(stackOf(array, letter, where, title));
	else if (array.limit !== null)
		box.append(barOf(array, letter));
	return box;
}

// --- slabs -----------------------------------------------------------------

function slabRow(slab) {
	const row = element('div', 'slab');
	row.append(element('b', '', 'slab ' + slab.slab));
	slab.objs.forEach((state, index) => {
		const name = slab.keys ? 'Object ' + slab.keys[index] + ': ' :
			'Slab ' + slab.slab + ', one of its objects: ';
		row.append(square(state, slab.keys && slab.keys[index],
			name + inWords(state)));
	});
	return row;
}

// nr: how long the list is; a run's page has the first MANY_SLABS of it.
function listBox(list, slabs, nr) {
	const box = element('div', 'list');
	const words = { partial: 'partial slabs', full: 'full slabs', free: 'free slabs' };
	const drawn = slabs.slice(0, MANY_SLABS);
	box.append(element('h5', '', words[list] + ': ' + nr));
	box.append(...drawn.map(slabRow));
	if (nr > drawn.length)
		box.append(element('p', 'fill', 'and ' + (nr - drawn.length) + ' more'));
	return box;
}

// The lists of a node, those that are not empty.
function slabBoxes(slabs, lengths) {
	const boxes = [];
	for (const list of ['partial', 'full', 'free']) {
		const ofList = slabs.filter(slab => slab.list === list);
		if (ofList.length)
			boxes.push(listBox(list, ofList, lengths ? lengths[list] : ofList.length));
	}
	return boxes.length ? boxes : [element('div', 'list fill', 'no slabs')];
}

// Where slabs are not known one by one: how many, and of what.
function countBox(node) {
	const box = element('div', 'list');
	const { full, partial, free } = node.lists, objs = node.objs;
	const total = objs.live + objs.cached + objs.free;
	const bar = element('div', 'bar');
	const parts = [['live', 'var(--live)'], ['cached', 'var(--hatched)'], ['free', '#fff']];
	box.append(element('h5', '', 'slabs: ' + full + ' full, ' + partial +
		' partial, ' + free + ' free'));
	bar.style.width = '100%';
	for (const [word, colour] of parts.filter(one => objs[one[0]])) {
		const part = element('i');
		part.style.width = (100 * objs[word] / total) + '%';
		part.style.background = colour;
		bar.append(part);
	}
	const words = 'objects: ' + objs.live + ' live, ' + objs.cached +
		' cached, ' + objs.free + ' free';
	bar.setAttribute('role', 'img');
	bar.setAttribute('aria-label', words);
	box.append(bar, element('div', 'fill', words));
	return box;
}

// --- all of it -------------------------------------------------------------

function cpuBoxes(cpus) {
	const drawn = cpus.length > MANY_CPUS ? cpus.filter(cpu => cpu.avail) : cpus;
	const boxes = drawn.map(cpu => arrayBox('CPU ' + cpu.cpu +
		(cpu.offline ? ' (offline)' : ''), cpu.offline && !cpu.avail ? null : cpu,
		'c', cpu.cpu));
	if (drawn.length < cpus.length)
		boxes.push(element('div', 'array fill', 'arrays of ' +
			count(cpus.length - drawn.length, 'CPU') + ' are empty'));
	return boxes;
}

function nodeBox(picture, node) {
	const box = element('div', 'node');
	const arrays = element('div', 'arrays'), slabLists = element('div', 'lists');
	box.append(element('h4', '', 'Node ' + node.node));
	arrays.append(...cpuBoxes(picture.cpus.filter(one => one.node === node.node)));
	if (arrays.children.length > MANY_CPUS)
		arrays.classList.add('dense');
	arrays.append(arrayBox('shared', node.shared, 's', node.node));
	for (const alien of node.aliens)
		arrays.append(arrayBox(alien.title || 'alien, for node ' + alien.for, alien,
			'a', node.node));
	box.append(arrays);
	if (node.lists && !picture.slabs.length)
		slabLists.append(countBox(node));
	else
		slabLists.append(...slabBoxes(picture.slabs.filter(
			slab => slab.node === node.node), node.listed));
	box.append(slabLists);
	return box;
}

// Rings around what is not as it was.
function markChanges(root, before) {
	if (!before)
		return;
	const states = new Map();
	for (const slab of before.slabs)
		slab.objs.forEach((state, index) =>
			states.set(keyOf(slab, index), state.split('.')[0]));
	for (const node of root.querySelectorAll('.slab .o[data-key]')) {
		if ((states.get(node.dataset.key) || 'f') !== node.dataset.state.split('.')[0])
			node.classList.add('changed');
	}
}

function drawPicture(root, picture, before, cache) {
	root.textContent = '';
	if (!picture) {
		root.append(element('p', 'note', cache === null ?
			'No cache yet.' : 'The cache is not there at this step.'));
		return;
	}
	root.className = picture.num > 30 || picture.slabs.length > 12 ? 'many' : '';
	root.append(element('p', 'fill', cache + ': objects of ' + picture.slot +
		' bytes, ' + picture.num + ' in a slab of ' + count(picture.pages, 'page') +
		(picture.note ? '. ' + picture.note : '')));
	for (const node of picture.nodes)
		root.append(nodeBox(picture, node));
	markChanges(root, before);
}

// inOrder: which object is where is known, not only how many.
function drawLegend(root, { kind, inOrder, lost, acted }) {
	const ofRun = kind === 'Run';
	root.textContent = '';
	const entries = [['l7', 'live'], ['c0.0', 'cached by CPU 0'],
		['s0.0', 'in a shared array'], ['a0.0', 'in an alien array'],
		['f', 'free']];
	const ofCounts = [['l', 'live'], ['c', 'cached in an array'], ['f', 'free']];
	for (const [state, words] of inOrder ? entries : ofCounts) {
		const entry = element('span');
		entry.append(square(state, null, words), words);
		root.append(entry);
	}
	if (!ofRun) {
		const entry = element('span'), box = square('f', null, 'changed');
		box.classList.add('changed');
		entry.append(box, 'changed by this step');
		root.append(entry);
	} else if (!inOrder) {
		root.append(element('span', '', '(of each slab it is known how many, not which)'));
	}
	const marks = [['lost', lost, 'under the slider: the recording lost events'],
		['acted', acted, 'over the slider: done to the machine']];
	for (const [name, places, words] of marks.filter(one => one[1] && one[1].length)) {
		const entry = element('span', 'of-slider');
		entry.append(element('i', name), words);
		root.append(entry);
	}
}
