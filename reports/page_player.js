// SPDX-License-Identifier: GPL-2.0-or-later
// The player: which subject, which cache, which moment, and the keys. The
// address of the page follows, so that a moment can be linked to.
'use strict';

const $ = id => document.getElementById(id);
const player = { subject: null, cache: null, followed: true, at: 0, timer: null };

// --- showing ---------------------------------------------------------------

function showCounters(table, picture, before) {
	table.querySelectorAll('tbody').forEach(body => body.remove());
	if (!picture)
		return;
	const body = table.createTBody();
	picture.counters.forEach(([name, number], index) => {
		const row = body.insertRow();
		row.append(element('th', '', name));
		row.append(element('td', '', String(number)));
		if (before && before.counters[index][1] !== number)
			row.className = 'changed';
	});
}

function showTold(told) {
	$('say').textContent = told.say;
	$('operation').textContent = told.operation;
	$('meaning').textContent = operationInWords(told.operation);
	$('path').replaceChildren(...told.path.map(text => element('li', '', text)));
	$('claims').replaceChildren(...told.claims.map(claim =>
		element('li', claim[2] ? 'holds' : 'fails', claim[1])));
}

// The cache that the last operations were about, unless one was chosen.
function cacheAt(subject, at) {
	for (; at >= 0; at--) {
		const { cache } = subject.told(at);
		if (cache !== null)
			return cache;
	}
	return subject.caches.length ? subject.caches[0] : null;
}

function show() {
	const { subject, at } = player;
	const told = subject.told(at);
	if (player.followed)
		player.cache = cacheAt(subject, at);
	const picture = player.cache === null ? null : subject.picture(at, player.cache);
	const before = at && player.cache !== null && !(picture && picture.ofRun) ?
		subject.picture(at - 1, player.cache) : null;

	showTold(told);
	$('cache').value = player.cache;
	drawPicture($('picture'), picture, before, player.cache);
	showCounters($('counters'), picture, before);
	$('time').value = at;
	$('where').textContent = subject.where(at);
	$('time').setAttribute('aria-valuetext', subject.where(at));
	$('first').disabled = $('back').disabled = at === 0;
	$('last').disabled = $('next').disabled = at === subject.nr - 1;
	makeFocusable($('picture'));
	history.replaceState(null, '', '#show=' + encodeURIComponent(subject.id) +
		'&step=' + (at + 1));
}

function goTo(at) {
	player.at = Math.max(0, Math.min(player.subject.nr - 1, at));
	show();
}

// Marks under the slider, at the samples before which events were lost, and over
// it, where something was done to the machine. What it was, the words of the
// sample say.
function marksOf(name, places, last) {
	return (places || []).map(at => {
		const mark = element('i', name);
		mark.style.left = 100 * (last ? at / last : 0) + '%';
		return mark;
	});
}

function choose(subject, at) {
	player.subject = subject;
	player.followed = subject.kind === 'Lesson';
	player.cache = subject.caches.length ? subject.caches[0] : null;
	$('subject').value = subject.id;
	$('cache').replaceChildren(...subject.caches.map(name => {
		const option = element('option', '', name);
		option.value = name;
		return option;
	}));
	$('time').max = subject.nr - 1;
	$('marks').replaceChildren(...marksOf('lost', subject.lost, subject.nr - 1),
		...marksOf('acted', subject.acted, subject.nr - 1));
	$('slides').hidden = subject.kind !== 'Lesson';
	drawLegend($('legend'), subject);
	if (subject.more)
		$('legend').append(element('span', '', subject.more));
	// a run is shown as it ended, a lesson from its first word
	goTo(at !== undefined ? at : subject.kind === 'Run' ? subject.nr - 1 : 0);
}

// --- playing ---------------------------------------------------------------

function pause() {
	clearInterval(player.timer);
	player.timer = null;
	$('play').textContent = 'Play';
	$('play').setAttribute('aria-pressed', 'false');
}

function tick() {
	if (player.at === player.subject.nr - 1)
		pause();
	else
		goTo(player.at + 1);
}

function play() {
	if (player.at === player.subject.nr - 1)
		goTo(0);
	player.timer = setInterval(tick, Number($('speed').value));
	$('play').textContent = 'Pause';
	$('play').setAttribute('aria-pressed', 'true');
}

function playOrPause() {
	if (player.timer)
		pause();
	else
		play();
}

function step(to) {
	pause();
	goTo(to);
}

// --- objects, one by one ---------------------------------------------------

// One tab stop for all objects; the arrow keys move among them.
function makeFocusable(root) {
	root.querySelectorAll('.o').forEach((node, index) => {
		node.tabIndex = index ? -1 : 0;
	});
}

function pointAt(node) {
	document.querySelectorAll('.same').forEach(one => one.classList.remove('same'));
	if (!node)
		return;
	$('details').textContent = node.dataset.words;
	if (node.dataset.key)
		document.querySelectorAll('#picture .o').forEach(one => {
			if (one.dataset.key === node.dataset.key)
				one.classList.add('same');
		});
}

function moveAmongObjects(event, node) {
	const all = [...$('picture').querySelectorAll('.o')];
	const at = all.indexOf(node);
	const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0,
		End: all.length - 1 }[event.key];
	const vertical = { ArrowUp: -1, ArrowDown: 1 }[event.key];
	let next = to === undefined ? null : all[to];
	if (vertical) {
		const rows = [...$('picture').querySelectorAll('.stack, .slab')]
			.filter(row => row.querySelector('.o'));
		const row = rows[rows.indexOf(node.parentElement) + vertical];
		next = row && row.querySelector('.o');
	}
	if (!next)
		return false;
	node.tabIndex = -1;
	next.tabIndex = 0;
	next.focus();
	return true;
}

// --- keys ------------------------------------------------------------------

function onKey(event) {
	const target = event.target;
	if (event.altKey || event.ctrlKey || event.metaKey)
		return;
	if (target.classList && target.classList.contains('o')) {
		if (/^(Arrow|Home|End)/.test(event.key)) {
			moveAmongObjects(event, target);
			event.preventDefault();
			return;
		}
	} else if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) ||
			target.closest('.wide')) {
		return;
	}
	const steps = { ArrowLeft: player.at - 1, ArrowRight: player.at + 1,
		Home: 0, End: player.subject.nr - 1 };
	if (event.key in steps) {
		step(steps[event.key]);
		event.preventDefault();
	} else if (event.key === ' ' && !/^(BUTTON|A)$/.test(target.tagName)) {
		playOrPause();
		event.preventDefault();
	}
}

// --- slides ----------------------------------------------------------------

function slideOf(subject, at) {
	const told = subject.told(at), cache = cacheAt(subject, at);
	const slide = element('div', 'slide'), stage = element('div', 'stage');
	const telling = element('div', 'telling'), drawn = element('div');
	const picture = cache === null ? null : subject.picture(at, cache);
	const path = element('ol');
	slide.append(element('h3', '', subject.title + ': ' + subject.where(at)));
	telling.append(element('p', 'say', told.say));
	telling.append(element('p', 'operation', told.operation));
	telling.append(element('p', 'meaning', operationInWords(told.operation)));
	path.append(...told.path.map(text => element('li', '', text)));
	telling.append(path);
	drawPicture(drawn, picture, at && cache !== null ?
		subject.picture(at - 1, cache) : null, cache);
	stage.append(telling, drawn);
	slide.append(stage);
	return slide;
}

// A page for each step; only for paper.
function makeSlides() {
	const root = $('print-slides');
	root.replaceChildren();
	for (let at = 0; at < player.subject.nr; at++)
		root.append(slideOf(player.subject, at));
	root.hidden = false;
	document.body.classList.add('slides');
}

function dropSlides() {
	$('print-slides').hidden = true;
	$('print-slides').replaceChildren();
	document.body.classList.remove('slides');
}

// --- beginning -------------------------------------------------------------

function fillSubjects() {
	$('subject').replaceChildren(...subjects.map(subject => {
		const option = element('option', '', subject.kind === 'Run' ?
			subject.title : subject.kind + ': ' + subject.title);
		option.value = subject.id;
		return option;
	}));
}

function fillNavigation() {
	const nav = document.querySelector('nav');
	document.querySelectorAll('main > section').forEach(section => {
		const link = element('a', '', section.querySelector('h2').textContent);
		link.href = '#' + section.id;
		nav.append(link);
	});
}

function listen() {
	$('subject').addEventListener('change', () => {
		pause();
		choose(subjects.find(one => one.id === $('subject').value));
	});
	$('cache').addEventListener('change', () => {
		player.followed = false;
		player.cache = $('cache').value;
		show();
	});
	$('time').addEventListener('input', () => step(Number($('time').value)));
	$('first').addEventListener('click', () => step(0));
	$('back').addEventListener('click', () => step(player.at - 1));
	$('next').addEventListener('click', () => step(player.at + 1));
	$('last').addEventListener('click', () => step(player.subject.nr - 1));
	$('play').addEventListener('click', playOrPause);
	$('speed').addEventListener('change', () => {
		if (player.timer) {
			pause();
			play();
		}
	});
	$('slides').addEventListener('click', () => {
		makeSlides();
		print();
		dropSlides();
	});
	$('picture').addEventListener('mouseover', event =>
		pointAt(event.target.closest('.o')));
	$('picture').addEventListener('focusin', event =>
		pointAt(event.target.closest('.o')));
	document.addEventListener('keydown', onKey);
}

function begin() {
	const asked = new URLSearchParams(location.hash.slice(1));
	const subject = subjects.find(one => one.id === asked.get('show')) || subjects[0];
	fillNavigation();
	if (!subject) {
		$('player').hidden = true;
		return;
	}
	fillSubjects();
	listen();
	choose(subject, Number(asked.get('step')) ? asked.get('step') - 1 : undefined);
	if (asked.has('slides'))
		makeSlides();
}

begin();
