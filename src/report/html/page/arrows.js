import { drawing } from './elements.js';

/** @typedef {import('../page-data.ts').Picture} Picture */
/** @typedef {import('../page-data.ts').Callback} Callback */

/** The radius of an arrow's corners and the length of its head, in pixels. */
const CORNER = 6;
const HEAD = 5;
/** The distance in pixels from the middle of a frame's row at which its arrows end, so that they do not overlap. */
const ASIDE = { fault: -4, alloc: 0, free: 4 };
/** The distance in pixels between the arrows of one step, and from the right edge of their column. */
const APART = 8;
const EDGE = 6;

/**
 * Draws callbacks as arrows over the table: page_fault from the accessed page to its frame, page_free from the frame to
 * the driver, and an allocation from the driver to the frame. The table has the same information as text.
 *
 * @param {SVGElement} over
 * @param {HTMLTableElement} table
 * @param {Picture} picture
 */
export function drawArrows(over, table, picture) {
  const origin = table.getBoundingClientRect();
  over.setAttribute('width', String(origin.width));
  over.setAttribute('height', String(origin.height));
  over.replaceChildren();
  for (const [step, { callbacks }] of picture.steps.entries()) {
    for (const [at, callback] of callbacks.entries()) {
      const [from, to] = endsOf(callback).map((row) =>
        placeOf(table, row, step, at, origin, ASIDE[callback.kind]),
      );
      if (from === undefined || to === undefined) continue;
      const column = table.querySelector(`td[data-step="${step}"]`)?.getBoundingClientRect();
      if (column === undefined) continue;
      const lane = column.right - origin.left - EDGE - (callbacks.length - 1 - at) * APART;
      const group = drawing('g', { class: `arrow ${callback.kind}`, 'data-step': String(step) });
      group.append(
        drawing('path', { d: lineBetween(from, to, lane) }),
        drawing('polygon', { points: headAt(to) }),
      );
      over.append(group);
    }
  }
}

/**
 * The rows at which an arrow begins and ends.
 *
 * @param {Callback} callback
 * @returns {readonly string[]}
 */
function endsOf({ kind, process, page, frame }) {
  const onDevice = frame === undefined ? 'driver' : `frame-${frame}`;
  if (kind === 'fault') return [`entry-${process}-${page}`, onDevice];
  return kind === 'free' ? [onDevice, 'driver'] : ['driver', onDevice];
}

/**
 * The right end of the content of a row at a step.
 *
 * @param {HTMLTableElement} table
 * @param {string} row
 * @param {number} step
 * @param {number} callback
 * @param {DOMRect} origin
 * @param {number} aside
 */
function placeOf(table, row, step, callback, origin, aside) {
  const cell = table.querySelector(`tr[data-row="${row}"] td[data-step="${step}"]`);
  const shown = cell?.children[row === 'driver' ? callback : 0];
  if (shown === undefined) return undefined;
  const { right, top, height } = shown.getBoundingClientRect();
  return {
    x: right - origin.left + 2,
    y: top - origin.top + height / 2 + (row.startsWith('frame') ? aside : 0),
  };
}

/**
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 * @param {number} lane
 */
function lineBetween(from, to, lane) {
  const turn = to.y > from.y ? CORNER : -CORNER;
  return [
    `M ${from.x} ${from.y}`,
    `H ${lane - CORNER}`,
    `Q ${lane} ${from.y} ${lane} ${from.y + turn}`,
    `V ${to.y - turn}`,
    `Q ${lane} ${to.y} ${lane - CORNER} ${to.y}`,
    `H ${to.x + HEAD}`,
  ].join(' ');
}

/** @param {{ x: number, y: number }} at */
function headAt({ x, y }) {
  return `${x},${y} ${x + HEAD + 2},${y - 4} ${x + HEAD + 2},${y + 4}`;
}
