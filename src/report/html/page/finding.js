import { drawing, element, factList, list, part } from './elements.js';
import { drawArrows, isPartAlone, timelineTable } from './timeline.js';

/** @typedef {import('../page-data.ts').Picture} Picture */
/** @typedef {import('../page-data.ts').Timeline} Timeline */

/**
 * A counterexample with its timeline.
 *
 * @param {Picture} picture
 * @param {number} index
 */
export function findingView(picture, index) {
  const last = picture.steps.length - 1;
  const over = drawing('svg', { class: 'arrows', 'aria-hidden': 'true', focusable: 'false' });
  const table = timelineTable(picture, show);
  const scroller = element(
    'div',
    { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'Timeline; it scrolls horizontally' },
    [element('div', { class: 'drawn' }, [table, over])],
  );
  const slider = element('input', {
    type: 'range',
    min: '1',
    max: String(last + 1),
    step: '1',
    id: `slider-${index}`,
    'aria-label': 'Step',
  });
  const [back, on] = [button('Previous step', '←'), button('Next step', '→')];
  const counter = element('output', { class: 'counter', for: `slider-${index}` });
  const description = element('div', { class: 'description', 'aria-live': 'polite', 'aria-atomic': 'true' });
  let current = -1;

  /** @param {number} step */
  function show(step) {
    const next = Math.min(Math.max(step, 0), last);
    if (next === current) return;
    current = next;
    slider.value = String(next + 1);
    slider.setAttribute(
      'aria-valuetext',
      `Step ${next + 1} of ${last + 1}: ${picture.steps[next]?.command ?? ''}`,
    );
    counter.textContent = `Step ${next + 1} of ${last + 1}`;
    back.disabled = next === 0;
    on.disabled = next === last;
    description.replaceChildren(...stepDescription(picture, next));
    for (const cell of scroller.querySelectorAll('[data-step]')) {
      const at = Number(cell.getAttribute('data-step'));
      cell.classList.toggle('now', at === next);
      cell.classList.toggle('later', at > next);
    }
    bringIntoView(scroller, next);
  }

  slider.addEventListener('input', () => {
    show(Number(slider.value) - 1);
  });
  back.addEventListener('click', () => {
    show(current - 1);
  });
  on.addEventListener('click', () => {
    show(current + 1);
  });
  show(picture.broken);
  return {
    section: element('section', { class: 'finding', id: `finding-${index}` }, [
      ...ruleHead(picture),
      element('div', { class: 'verdict' }, comparison(picture)),
      element('div', { class: 'controls' }, [back, slider, on, counter]),
      description,
      scroller,
      legend(picture),
      ...afterwards(picture),
    ]),
    /** Handles the keys that change the step; returns true for these keys. */
    onKey: (/** @type {string} */ key) => {
      const wanted = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: last }[key];
      if (wanted !== undefined) show(wanted);
      return wanted !== undefined;
    },
    /** Must be called after a possible change of the layout. */
    draw: () => {
      drawArrows(over, table, picture);
      const fit = Math.min(1, PAPER_WIDTH / Math.max(1, table.offsetWidth));
      scroller.style.setProperty('--fit', String(fit));
      scroller.classList.toggle('too-wide', fit < MIN_SCALE);
      scroller.classList.toggle('narrow', matchMedia('(max-width: 40rem)').matches);
      for (const arrow of over.children) {
        const at = Number(arrow.getAttribute('data-step'));
        arrow.classList.toggle('now', at === current);
        arrow.classList.toggle('later', at > current);
      }
      bringIntoView(scroller, current);
    },
  };
}

/** The printable width of a sheet of paper, in CSS pixels. */
const PAPER_WIDTH = 690;
/** A smaller scale is illegible in print: then only the table of all steps is printed. */
const MIN_SCALE = 0.45;

/**
 * @param {string} label
 * @param {string} sign
 */
export function button(label, sign) {
  return element('button', { type: 'button', class: 'turn', 'aria-label': label, title: label }, [sign]);
}

/**
 * Scrolls the timeline so that the step is in its middle. The page itself does not scroll.
 *
 * @param {HTMLElement} scroller
 * @param {number} step
 */
export function bringIntoView(scroller, step) {
  const column = scroller.querySelector(`th[data-step="${step}"]`);
  if (!(column instanceof HTMLElement)) return;
  scroller.scrollLeft = column.offsetLeft + column.offsetWidth / 2 - scroller.clientWidth / 2;
}

/** @param {Picture} picture */
function ruleHead({ requirement: { id, level, title, text, source }, facts }) {
  return [
    element('h2', {}, [element('code', {}, [id]), element('span', { class: 'level' }, [level]), ` ${title}`]),
    element('p', { class: 'rule' }, [text, ' ', element('span', { class: 'source' }, [`Source: ${source}`])]),
    factList(facts),
  ];
}

/** @param {Picture} picture */
function comparison({ expected, observed, also, broken }) {
  return [
    element('div', { class: 'expected' }, [
      element('h3', {}, [expected.length > 1 ? 'Expected one of' : 'Expected']),
      ...expected.map((outcome) => element('p', {}, [outcome])),
    ]),
    element('div', { class: 'observed' }, [
      element('h3', {}, [`Observed at step ${broken + 1}`]),
      element('p', {}, [observed]),
      ...also.map((one) => element('p', { class: 'also' }, [`Also ${one}`])),
    ]),
  ];
}

/**
 * The description of a step, which screen readers read when the step is selected.
 *
 * @param {Picture} picture
 * @param {number} at
 */
function stepDescription(picture, at) {
  const step = picture.steps[at];
  if (step === undefined) return [];
  const { command, noResult, result, story } = step;
  const sentences =
    noResult === undefined ? story : [`${noResult.charAt(0).toUpperCase()}${noResult.slice(1)}.`];
  return [
    element('p', { class: 'description-command' }, [
      element('b', {}, [`${at + 1}  ${command}`]),
      element('span', { class: 'description-result' }, [result === undefined ? '' : ` → ${result}`]),
    ]),
    ...(sentences.length === 0 ? [] : [element('p', {}, [sentences.join(' ')])]),
    ...(at === picture.broken
      ? [
          element('p', { class: 'description-broken' }, [
            `✗ Violates ${picture.requirement.id}: expected ${picture.expected.join(' or ')}; observed ${picture.observed.replace(/\.$/, '')}.`,
          ]),
        ]
      : []),
    ...(at === picture.left && at !== picture.broken
      ? [element('p', { class: 'description-left' }, ['! From here on, a page holds a wrong value.'])]
      : []),
  ];
}

/** @param {Timeline} picture */
function isExclusiveSomewhere({ steps }) {
  return steps.some(({ entries }) => entries?.flat().some(({ kind }) => kind === 'exclusive'));
}

/** @param {Timeline} picture */
const hasBars = ({ steps }) =>
  steps.some(
    ({ entries, frames }) =>
      entries?.flat().some(({ segment }) => segment !== undefined) === true ||
      frames?.some(({ segment }) => segment !== undefined) === true,
  );

/** @param {Timeline} picture */
const hasPartsAlone = ({ steps }) => steps.some(({ entries }) => entries?.flat().some(isPartAlone));

/** @param {Timeline} picture */
const showsEntries = ({ steps }) => steps.some(({ entries }) => entries !== undefined);

/** @param {Timeline} picture */
const showsCallbacks = ({ steps }) => steps.some(({ callbacks }) => callbacks.length > 0);

/** @param {Timeline} picture */
const showsSplits = ({ steps }) =>
  steps.some(({ callbacks }) => callbacks.some(({ kind }) => kind === 'split'));

/** @type {readonly (readonly [string, string])[]} */
const CALLBACKS = [
  ['callback fault', 'page_fault'],
  ['callback alloc', 'allocates a frame'],
  ['callback free', 'page_free'],
];

/** @type {readonly (readonly [string, string])[]} */
const ENTRY_CHIPS = [
  ['chip device filled hue-0', 'WRITE entry'],
  ['chip device hue-0', 'READ entry'],
  ['chip present', 'system memory'],
  ['chip unpopulated', 'unpopulated'],
  ['chip poison', 'poison'],
];

/** @param {Timeline} picture */
export function legend(picture) {
  /** @type {readonly (readonly [string, string])[]} */
  const items = [
    ...(showsEntries(picture) ? ENTRY_CHIPS : []),
    ...(isExclusiveSomewhere(picture) ? [/** @type {const} */ (['chip exclusive', 'exclusive'])] : []),
    ...(hasBars(picture)
      ? [/** @type {const} */ (['bar-sample hue-0', 'one bar: one whole entry, or one large folio'])]
      : []),
    ...(hasPartsAlone(picture)
      ? [/** @type {const} */ (['chip device of-folio hue-0', 'entry of one page of a large folio'])]
      : []),
    ...(showsEntries(picture) || showsCallbacks(picture) ? CALLBACKS : []),
    ...(showsSplits(picture) ? [/** @type {const} */ (['callback split', 'folio_split'])] : []),
  ];
  return element('p', { class: 'legend', 'aria-hidden': 'true' }, [
    ...items.map(([look, words]) => element('span', { class: look }, [words])),
    element('span', { class: 'keys' }, ['← → change the step']),
  ]);
}

/** @param {Picture} picture */
function afterwards(picture) {
  const { where, allowed, matters, stderr, broken } = picture;
  return [
    ...part(
      'Deviation from the specification',
      where.map((words) => element('p', {}, [words])),
    ),
    ...part(`Allowed at step ${broken + 1}`, allowed.length === 0 ? [] : [list(allowed)]),
    ...part(
      'Relevant arguments',
      matters.map(({ about, lines }) =>
        element('div', { class: 'about' }, [element('h4', {}, [about]), list(lines)]),
      ),
    ),
    ...part('All steps', [stepsTable(picture)]),
    ...part(
      'Standard error',
      stderr.length === 0 ? [] : [element('pre', { tabindex: '0' }, [stderr.join('\n')])],
    ),
  ];
}

/**
 * The content of the timeline as a table with a row for each step.
 *
 * @param {Picture} picture
 */
function stepsTable({ steps, broken, left }) {
  const head = ['Step', 'Command', 'Result', 'Effects'].map((words) =>
    element('th', { scope: 'col' }, [words]),
  );
  const rows = steps.map(({ command, result, noResult, story }, step) => {
    const look = step === broken ? 'broken' : step === left ? 'left' : '';
    return element('tr', { class: look }, [
      element('th', { scope: 'row' }, [String(step + 1), step === broken ? ' ✗' : '']),
      element('td', {}, [command]),
      element('td', {}, [result ?? noResult ?? '']),
      element('td', {}, [story.join(' ')]),
    ]);
  });
  return element(
    'div',
    { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'All steps as a table' },
    [
      element('table', { class: 'steps' }, [
        element('thead', {}, [element('tr', {}, head)]),
        element('tbody', {}, rows),
      ]),
    ],
  );
}
