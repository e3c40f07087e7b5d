import { drawing, element, unseen } from './elements.js';

/** @typedef {import('../page-data.ts').Callback} Callback */
/** @typedef {import('../page-data.ts').EntryCell} EntryCell */
/** @typedef {import('../page-data.ts').FrameCell} FrameCell */
/** @typedef {import('../page-data.ts').PictureStep} PictureStep */
/** @typedef {import('../page-data.ts').RaceLane} RaceLane */
/** @typedef {import('../page-data.ts').Segment} Segment */
/** @typedef {import('../page-data.ts').Timeline} Timeline */

/** The number of colours of frames. */
const HUES = 6;

/**
 * The case as a table: a column for each step, a row for each page, frame, and the driver.
 *
 * @param {Timeline} picture
 * @param {(step: number) => void} choose
 */
export function timelineTable(picture, choose) {
  const { steps, lanes, devices } = picture;
  const hasEntries = steps.some(({ entries }) => entries !== undefined);
  const hasFrames = steps.some((step) => step.frames !== undefined);
  const hasCallbacks = steps.some(({ callbacks }) => callbacks.length > 0);
  const hasAccounts = steps.some(({ accounts }) => accounts !== undefined);
  const table = element('table', { class: `timeline ${roominess(steps.length)}` }, [
    element('caption', { class: 'unseen' }, ['The state after each step; one column per step.']),
    headRow(picture, choose),
    ...(hasEntries
      ? lanes.map((lane, process) =>
          laneOf(
            picture,
            lane.name,
            lane.pages.map((name, page) => ({
              name,
              row: `entry-${process}-${page}`,
              cell: (step) => entryCell(step.entries?.[process]?.[page]),
              look: (step) => entryLook(step.entries?.[process]?.[page]),
            })),
          ),
        )
      : []),
    ...(hasFrames
      ? devices.map(({ name, frames }) =>
          laneOf(
            picture,
            name,
            frames.map((frame) => ({
              name: `frame ${frame}`,
              row: `frame-${frame}`,
              cell: (step) => frameCell(step.frames?.[frame], frame),
              look: (step) => frameLook(step.frames?.[frame]),
            })),
          ),
        )
      : []),
    laneOf(picture, 'Observed', [
      ...(hasCallbacks ? [{ name: 'driver', row: 'driver', cell: driverCell }] : []),
      { name: 'result', row: 'result', cell: resultCell },
      ...(hasAccounts ? [{ name: 'pages', row: 'accounts', cell: accountsCell }] : []),
    ]),
  ]);
  table.style.setProperty('--steps', String(steps.length));
  return table;
}

/**
 * The class of the column width: the fewer steps, the wider.
 *
 * @param {number} steps
 */
function roominess(steps) {
  if (steps <= 4) return 'roomy';
  return steps <= 6 ? 'normal' : 'tight';
}

/**
 * @param {Timeline} picture
 * @param {(step: number) => void} choose
 */
function headRow(picture, choose) {
  const cells = picture.steps.map(({ command, sides, noResult }, step) => {
    const button = element('button', { type: 'button', class: 'step-number' }, [
      unseen('Step '),
      String(step + 1),
    ]);
    button.addEventListener('click', () => {
      choose(step);
    });
    return element('th', columnAttributes(picture, step, { scope: 'col' }), [
      element('div', { class: 'step-head' }, [button, ...marks(picture, step)]),
      element(
        'div',
        { class: noResult === undefined ? 'command' : 'command no-result' },
        sides === undefined ? [command] : [raceLanes(sides)],
      ),
    ]);
  });
  return element('thead', {}, [
    element('tr', {}, [element('th', { scope: 'col', class: 'row-name' }, [unseen('What')]), ...cells]),
  ]);
}

/**
 * The two commands of a race in lanes beside each other, each with its own result.
 *
 * @param {readonly RaceLane[]} sides
 */
export function raceLanes(sides) {
  return element(
    'span',
    { class: 'race' },
    sides.map(({ command, result }, at) =>
      element('span', { class: 'race-lane' }, [
        unseen(at === 0 ? 'at once: ' : ' and '),
        element('span', { class: 'race-command' }, [command]),
        ...(result === undefined
          ? []
          : [element('span', { class: 'result' }, [unseen(' returns '), result])]),
      ]),
    ),
  );
}

/**
 * @param {Timeline} picture
 * @param {number} step
 */
function marks({ broken, left }, step) {
  if (step === broken) return [element('span', { class: 'mark mark-broken' }, ['✗ violation'])];
  return step === left ? [element('span', { class: 'mark mark-left' }, ['! deviates here'])] : [];
}

/**
 * @param {Timeline} picture
 * @param {number} step
 * @param {Readonly<Record<string, string>>} attributes
 */
function columnAttributes({ broken, left }, step, attributes) {
  const classes = [
    attributes['class'] ?? '',
    step === broken ? 'broken' : '',
    step === left && step !== broken ? 'left' : '',
  ];
  return { ...attributes, class: classes.join(' ').trim(), 'data-step': String(step) };
}

/**
 * A row of the table. `look` is the class of a cell that is a segment of a bar.
 *
 * @typedef {{
 *   name: string,
 *   row: string,
 *   cell: (step: PictureStep) => readonly (Node | string)[],
 *   look?: (step: PictureStep) => string,
 * }} Row
 */

/**
 * @param {Timeline} picture
 * @param {string} title
 * @param {readonly Row[]} rows
 */
function laneOf(picture, title, rows) {
  return element('tbody', {}, [
    element('tr', { class: 'lane-name' }, [
      element('th', { scope: 'rowgroup', class: 'row-name' }, [title]),
      ...picture.steps.map((_, at) => element('td', columnAttributes(picture, at, {}))),
    ]),
    ...rows.map(({ name, row, cell, look }) =>
      element('tr', { 'data-row': row }, [
        element('th', { scope: 'row', class: 'row-name' }, [name]),
        ...picture.steps.map((step, at) =>
          element(
            'td',
            columnAttributes(picture, at, look === undefined ? {} : { class: look(step) }),
            cell(step),
          ),
        ),
      ]),
    ),
  ]);
}

/** @returns {readonly Node[]} */
function noSnapshot() {
  return [element('span', { class: 'nothing' }, ['·', unseen(' no snapshot')])];
}

/**
 * The look of a cell that is a segment of a bar; empty for others.
 *
 * @param {Segment | undefined} segment
 * @param {readonly string[]} classes
 */
function barLook(segment, classes) {
  if (segment === undefined) return '';
  return ['bar', segment.begins ? 'begins' : '', segment.ends ? 'ends' : '', ...classes]
    .filter((one) => one !== '')
    .join(' ');
}

/** @param {EntryCell | undefined} cell */
function entryLook(cell) {
  if (cell === undefined) return '';
  const { kind, frame, folio, write, changed, expected, segment } = cell;
  const isFilled = write === true && expected === undefined;
  return barLook(segment, [kind, isFilled ? 'filled' : '', changed ? '' : 'same', hueOf(folio ?? frame)]);
}

/** @param {FrameCell | undefined} cell */
const frameLook = (cell) =>
  cell === undefined ? '' : barLook(cell.segment, [cell.changed ? '' : 'same', hueOf(cell.folio)]);

/**
 * The colour of a frame. The frames of a large folio have that of its first frame.
 *
 * @param {number | undefined} frame
 */
const hueOf = (frame) => (frame === undefined ? '' : `hue-${frame % HUES}`);

/**
 * @param {EntryCell | undefined} cell
 * @returns {readonly Node[]}
 */
function entryCell(cell) {
  if (cell === undefined) return noSnapshot();
  const { kind, frame, folio, write, changed, expected, segment } = cell;
  if (kind === 'unmapped' && expected === undefined && segment === undefined) {
    return [element('span', { class: 'nothing' }, ['–', unseen(' unmapped')])];
  }
  const permission = write === true ? 'WRITE' : 'READ';
  const words =
    kind === 'device'
      ? [segment?.continues === true ? unseen(permission) : element('b', {}, [permission]), ` frame ${frame}`]
      : kind === 'present'
        ? ['system', unseen(' memory')]
        : [kind];
  const classes = [kind, write === true ? 'filled' : '', isPartAlone(cell) ? 'of-folio' : ''];
  return [
    element('span', chipAttributes(classes, folio ?? frame, changed, expected), [
      ...words,
      ...(segment === undefined ? [] : [unseen(', part of a whole entry')]),
    ]),
    ...insteadOf(expected),
  ];
}

/**
 * Whether the entry of a page alone names a frame of a large folio.
 *
 * @param {EntryCell} cell
 */
export const isPartAlone = ({ folio, segment }) => folio !== undefined && segment === undefined;

/**
 * @param {readonly string[]} own
 * @param {number | undefined} frame
 * @param {boolean} changed
 * @param {string | undefined} expected
 */
function chipAttributes(own, frame, changed, expected) {
  const classes = [
    'chip',
    ...own,
    changed ? 'changed' : 'same',
    expected === undefined ? '' : 'wrong',
    hueOf(frame),
  ];
  return { class: classes.filter((one) => one !== '').join(' ') };
}

/** @param {string | undefined} expected */
function insteadOf(expected) {
  return expected === undefined ? [] : [element('span', { class: 'instead' }, [`expected: ${expected}`])];
}

/**
 * @param {FrameCell | undefined} cell
 * @param {number} frame
 * @returns {readonly Node[]}
 */
function frameCell(cell, frame) {
  if (cell === undefined) return noSnapshot();
  const { references, mappings, least, folio, changed, expected, segment } = cell;
  const inUse = (mappings ?? 0) > 0 || segment !== undefined;
  const counts = [
    element('b', {}, [String(references)]),
    references === 1 ? ' ref' : ' refs',
    ...(mappings === undefined
      ? []
      : [' · ', element('b', {}, [String(mappings)]), mappings === 1 ? ' map' : ' maps']),
  ];
  // The counts of a large folio are shown once.
  const words =
    segment?.continues === true && expected === undefined
      ? [unseen(`the large folio of frame ${folio}`)]
      : [...counts, ...(segment === undefined ? [] : [unseen(', a large folio')])];
  return [
    element('span', chipAttributes([inUse ? 'device' : 'idle'], folio ?? frame, changed, expected), words),
    ...(least === undefined ? [] : [element('span', { class: 'remark' }, [`minimum ${least}`])]),
    ...insteadOf(expected),
  ];
}

/**
 * @param {PictureStep} step
 * @returns {readonly Node[]}
 */
function driverCell({ callbacks }) {
  return callbacks.map(({ kind, words }) => element('span', { class: `callback ${kind}` }, [words]));
}

/**
 * @param {PictureStep} step
 * @returns {readonly Node[]}
 */
function resultCell({ result, noResult, sides }) {
  // The results of a race are in its lanes.
  if (sides !== undefined && sides.every((side) => side.result !== undefined)) {
    return [element('span', { class: 'nothing' }, ['↑', unseen(result ?? '')])];
  }
  return [
    element('span', { class: result === undefined ? 'result no-result' : 'result' }, [
      result ?? noResult ?? '',
    ]),
  ];
}

/**
 * @param {PictureStep} step
 * @returns {readonly Node[]}
 */
function accountsCell({ accounts }) {
  return accounts === undefined ? noSnapshot() : [element('span', { class: 'remark' }, [accounts])];
}

/** The radius of an arrow's corners and the length of its head, in pixels. */
const CORNER = 6;
const HEAD = 5;
/**
 * The distance in pixels from the middle of a frame's row at which its arrows end, so that they do not overlap.
 *
 * @type {{ readonly [K in Callback['kind']]: number }}
 */
const ASIDE = { fault: -4, alloc: 0, free: 4, split: 0 };
/** The distance in pixels between the arrows of one step, and from the right edge of their column. */
const APART = 8;
const EDGE = 6;

/**
 * Draws callbacks as arrows over the table: page_fault from the accessed page to its frame, page_free and
 * folio_split from the frame to the driver, and an allocation from the driver to the frame. The table has the same information as text.
 *
 * @param {SVGElement} over
 * @param {HTMLTableElement} table
 * @param {Timeline} picture
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
  return kind === 'alloc' ? ['driver', onDevice] : [onDevice, 'driver'];
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
