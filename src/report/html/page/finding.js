import { drawing, element, factList, list, part } from './elements.js';
import { timelineTable } from './timeline.js';
import { drawArrows } from './arrows.js';

/** @typedef {import('../page-data.ts').Picture} Picture */

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
    { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'Timeline; it scrolls sideways' },
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
  const [back, on] = [button('Step back', '←'), button('Step on', '→')];
  const counter = element('output', { class: 'counter', for: `slider-${index}` });
  const told = element('div', { class: 'told', 'aria-live': 'polite', 'aria-atomic': 'true' });
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
    told.replaceChildren(...tellStep(picture, next));
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
      told,
      scroller,
      legend(picture),
      ...afterwards(picture),
    ]),
    /** Keys that step; true where the key was one of these. */
    onKey: (/** @type {string} */ key) => {
      const wanted = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: last }[key];
      if (wanted !== undefined) show(wanted);
      return wanted !== undefined;
    },
    /** To be called whenever the layout may have changed. */
    draw: () => {
      drawArrows(over, table, picture);
      const fit = Math.min(1, PAPER / Math.max(1, table.offsetWidth));
      scroller.style.setProperty('--fit', String(fit));
      scroller.classList.toggle('too-wide', fit < SMALLEST);
      for (const arrow of over.children) {
        const at = Number(arrow.getAttribute('data-step'));
        arrow.classList.toggle('now', at === current);
        arrow.classList.toggle('later', at > current);
      }
      bringIntoView(scroller, current);
    },
  };
}

/** How wide a sheet of paper is within its margins, in pixels of print. */
const PAPER = 690;
/** Smaller than this nobody can read it: then paper has the table of all steps alone. */
const SMALLEST = 0.45;

/**
 * @param {string} label
 * @param {string} sign
 */
function button(label, sign) {
  return element('button', { type: 'button', class: 'turn', 'aria-label': label, title: label }, [sign]);
}

/**
 * Puts the step in the middle of what can be seen of the timeline. The page itself does not move.
 *
 * @param {HTMLElement} scroller
 * @param {number} step
 */
function bringIntoView(scroller, step) {
  const column = scroller.querySelector(`th[data-step="${step}"]`);
  if (!(column instanceof HTMLElement)) return;
  scroller.scrollLeft = column.offsetLeft + column.offsetWidth / 2 - scroller.clientWidth / 2;
}

/** @param {Picture} picture */
function ruleHead({ requirement: { id, level, title, text, source }, facts }) {
  return [
    element('h2', {}, [element('code', {}, [id]), element('span', { class: 'level' }, [level]), ` ${title}`]),
    element('p', { class: 'rule' }, [text, ' ', element('span', { class: 'source' }, [source])]),
    factList(facts),
  ];
}

/** @param {Picture} picture */
function comparison({ expected, observed, also, broken }) {
  return [
    element('div', { class: 'expected' }, [
      element('h3', {}, [expected.length > 1 ? 'Expected one of' : 'Expected']),
      ...expected.map((way) => element('p', {}, [way])),
    ]),
    element('div', { class: 'observed' }, [
      element('h3', {}, [`Observed at step ${broken + 1}`]),
      element('p', {}, [observed]),
      ...also.map((one) => element('p', { class: 'also' }, [`Also ${one}`])),
    ]),
  ];
}

/**
 * What happens at a step, in words: what screen readers read when it is shown.
 *
 * @param {Picture} picture
 * @param {number} at
 */
function tellStep(picture, at) {
  const step = picture.steps[at];
  if (step === undefined) return [];
  const { command, silence, answer, story } = step;
  const sentences = silence === undefined ? story : [`It was ${silence}.`];
  return [
    element('p', { class: 'told-command' }, [
      element('b', {}, [`${at + 1}  ${command}`]),
      element('span', { class: 'told-answer' }, [answer === undefined ? '' : ` → ${answer}`]),
    ]),
    ...(sentences.length === 0 ? [] : [element('p', {}, [sentences.join(' ')])]),
    ...(at === picture.broken
      ? [
          element('p', { class: 'told-broken' }, [
            `✗ Here it breaks ${picture.requirement.id}: expected ${picture.expected.join(' or ')}; observed ${picture.observed}.`,
          ]),
        ]
      : []),
    ...(at === picture.left && at !== picture.broken
      ? [element('p', { class: 'told-left' }, ['! From here on a page holds the wrong value.'])]
      : []),
  ];
}

/** @param {Picture} picture */
function isExclusiveSomewhere({ steps }) {
  return steps.some(({ entries }) => entries?.flat().some(({ kind }) => kind === 'exclusive'));
}

/** @param {Picture} picture */
function legend(picture) {
  /** @type {readonly (readonly [string, string])[]} */
  const items = [
    ['chip device filled hue-0', 'WRITE entry'],
    ['chip device hue-0', 'READ entry'],
    ['chip present', 'system memory'],
    ['chip hole', 'hole'],
    ['chip poison', 'poison'],
    ...(isExclusiveSomewhere(picture) ? [/** @type {const} */ (['chip exclusive', 'exclusive'])] : []),
  ];
  return element('p', { class: 'legend', 'aria-hidden': 'true' }, [
    ...items.map(([look, words]) => element('span', { class: look }, [words])),
    element('span', { class: 'callback fault' }, ['page_fault']),
    element('span', { class: 'callback alloc' }, ['takes a frame']),
    element('span', { class: 'callback free' }, ['page_free']),
    element('span', { class: 'keys' }, ['← → step through']),
  ]);
}

/** @param {Picture} picture */
function afterwards(picture) {
  const { where, allowed, matters, stderr, broken } = picture;
  return [
    ...part(
      'Where it goes wrong',
      where.map((words) => element('p', {}, [words])),
    ),
    ...part(`What is allowed at step ${broken + 1}`, allowed.length === 0 ? [] : [list(allowed)]),
    ...part(
      'What matters',
      matters.map(({ about, lines }) =>
        element('div', { class: 'about' }, [element('h4', {}, [about]), list(lines)]),
      ),
    ),
    ...part('Every step', [stepsTable(picture)]),
    ...part(
      'Standard error',
      stderr.length === 0 ? [] : [element('pre', { tabindex: '0' }, [stderr.join('\n')])],
    ),
  ];
}

/**
 * The same as the timeline, a row for each step.
 *
 * @param {Picture} picture
 */
function stepsTable({ steps, broken, left }) {
  const head = ['Step', 'Command', 'Answer', 'What happens'].map((words) =>
    element('th', { scope: 'col' }, [words]),
  );
  const rows = steps.map(({ command, answer, silence, story }, step) => {
    const look = step === broken ? 'broken' : step === left ? 'left' : '';
    return element('tr', { class: look }, [
      element('th', { scope: 'row' }, [String(step + 1), step === broken ? ' ✗' : '']),
      element('td', {}, [command]),
      element('td', {}, [answer ?? silence ?? '']),
      element('td', {}, [story.join(' ')]),
    ]);
  });
  return element(
    'div',
    { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Every step, as a table' },
    [
      element('table', { class: 'steps' }, [
        element('thead', {}, [element('tr', {}, head)]),
        element('tbody', {}, rows),
      ]),
    ],
  );
}
