// SPDX-License-Identifier: GPL-2.0-or-later
// Tables that sort by a click on a heading, and show only what is looked for.
'use strict';

function valueOf(row, column) {
	const text = row.cells[column].textContent;
	return text === '' ? null : isNaN(text) ? text : Number(text);
}

// Cells without a value stay at the end.
function compareValues(a, b) {
	if (a === null || b === null)
		return (a === null) - (b === null);
	return typeof a === 'number' && typeof b === 'number' ? a - b :
		String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function sortBy(table, column) {
	const heading = table.tHead.rows[0].cells[column];
	const down = column ? heading.getAttribute('aria-sort') !== 'descending' :
		heading.getAttribute('aria-sort') === 'ascending';
	const rows = [...table.tBodies[0].rows];
	rows.sort((x, y) => {
		const a = valueOf(x, column), b = valueOf(y, column);
		return down && a !== null && b !== null ? compareValues(b, a) :
			compareValues(a, b);
	});
	table.tBodies[0].append(...rows);
	for (const cell of table.tHead.rows[0].cells)
		cell.removeAttribute('aria-sort');
	heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
}

function makeSortable(table) {
	[...table.tHead.rows[0].cells].forEach((cell, column) => {
		const button = element('button', '', cell.textContent);
		button.type = 'button';
		cell.replaceChildren(button);
		button.addEventListener('click', () => sortBy(table, column));
	});
}

function addFilter(table) {
	const label = element('label', 'filter', 'Only caches whose name has ');
	const input = element('input');
	input.type = 'search';
	label.append(input);
	table.parentElement.before(label);
	input.addEventListener('input', () => {
		for (const row of table.tBodies[0].rows)
			row.hidden = !row.cells[0].textContent.includes(input.value);
	});
}

document.querySelectorAll('table.sortable').forEach(table => {
	makeSortable(table);
	addFilter(table);
});
