import { z } from 'zod';
import {
  allowedAt,
  BUGS,
  candidates,
  CASE_FILE,
  caseAsJson,
  caseInShorthand,
  explore,
  LARGEST,
  PROFILE_NAMES,
  readCommand,
  readExploration,
  replayLine,
  shorthand,
  withCommand,
  withoutCommand,
} from '../exploration.ts';
import { drawing, element, list, part } from './elements.js';
import { bringIntoView, button, legend } from './finding.js';
import { drawArrows, timelineTable } from './timeline.js';

/** @typedef {import('../exploration.ts').Exploration} Exploration */
/** @typedef {import('../exploration.ts').Explored} Explored */
/** @typedef {import('../exploration.ts').Candidate} Candidate */

// The content security policy of the page forbids code from strings, with which zod would speed up its schemas.
z.config({ jitless: true });

/** Maximum number of commands listed at once; a search narrows them. */
const MAX_LISTED = 60;
/** The sizes that a world with one of them does not state. */
const OPTIONAL = new Set(['devices', 'block']);
/** Maximum number of allowed outcomes listed. */
const MAX_OUTCOMES = 100;

/**
 * @param {string} label
 * @param {HTMLElement} control
 */
const labelled = (label, control) => element('label', {}, [element('span', {}, [label]), control]);

/**
 * @param {readonly (readonly [string, string])[]} options
 * @param {string} label
 */
const choice = (label, options) =>
  element(
    'select',
    { 'aria-label': label },
    options.map(([value, words]) => element('option', { value }, [words])),
  );

/**
 * @param {string} words
 * @param {() => void} onClick
 */
function action(words, onClick) {
  const made = element('button', { type: 'button', class: 'action' }, [words]);
  made.addEventListener('click', onClick);
  return made;
}

/**
 * @param {Exploration} start
 * @param {string} suite
 */
async function build(start, suite) {
  let present = start;
  /** The commands before this position are shown as done; a new command is inserted there. */
  let at = start.case.commands.length;
  /** @type {Exploration[]} */
  const past = [];
  /** @type {Explored | undefined} */
  let explored;
  /** @type {readonly Candidate[]} */
  let listed = [];
  /** The number of the last run: an earlier one that ends later is not shown. */
  let runs = 0;

  const badge = element('span', { class: 'badge' });
  const details = element('div', { class: 'explore-details' });
  const profile = choice(
    'Profile',
    PROFILE_NAMES.map((name) => /** @type {const} */ ([name, name])),
  );
  const bug = choice('Implementation', [
    ['', 'embedded implementation'],
    ...BUGS.map(({ id, title }) => /** @type {const} */ ([id, `planted bug ${id}: ${title}`])),
  ]);
  const sizes = Object.entries(LARGEST).map(([name, max]) => {
    const min = name === 'frames' || name === 'slots' ? 0 : 1;
    const input = element('input', {
      type: 'number',
      min: String(min),
      max: String(max),
      'aria-label': name,
    });
    return { name, min, max, input };
  });
  const search = element('input', {
    type: 'text',
    placeholder: 'words, or shorthand such as: store process=0 page=0 value=3',
    'aria-label': 'Command to add',
    'aria-describedby': 'position',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const position = element('p', { id: 'position', class: 'remark' });
  const offered = element('ul', { class: 'offered', 'aria-label': 'Commands that can follow' });
  const told = element('p', { class: 'told', role: 'status' });
  const description = element('div', { class: 'description', 'aria-live': 'polite', 'aria-atomic': 'true' });
  const counter = element('output', { class: 'counter' });
  const [back, on] = [button('Previous step', '←'), button('Next step', '→')];
  const remove = action('Remove this step', () => {
    if (at > 0) edit(withoutCommand(present, at - 1), at - 1);
  });
  const undo = action('Undo', () => {
    const before = past.pop();
    if (before !== undefined) void show(before, Math.min(at, before.case.commands.length));
  });
  const over = drawing('svg', { class: 'arrows', 'aria-hidden': 'true', focusable: 'false' });
  const drawn = element('div', { class: 'drawn' });
  const scroller = element(
    'div',
    { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'Timeline; it scrolls horizontally' },
    [drawn],
  );
  const allowed = element('div', { class: 'allowed' });
  const text = element('textarea', { rows: '10', spellcheck: 'false', 'aria-label': 'The case as text' });
  const file = element('input', { type: 'file', accept: '.json,.txt', 'aria-label': 'Load a file' });

  /** @param {string} words */
  const tell = (words) => {
    told.textContent = words;
  };

  /**
   * @param {Exploration} next
   * @param {number} wanted
   */
  function edit(next, wanted) {
    past.push(present);
    void show(next, wanted);
  }

  /**
   * @param {Exploration} next
   * @param {number} wanted
   */
  async function show(next, wanted) {
    present = next;
    const run = ++runs;
    const result = await explore(next);
    if (run !== runs) return;
    explored = result;
    const { scope } = next.case;
    profile.value = next.case.profile;
    bug.value = next.bug ?? '';
    for (const { name, input, min, max } of sizes) {
      const value = new Map(Object.entries(scope)).get(name) ?? 1;
      input.value = String(value);
      input.max = String(Math.max(max, value));
      input.min = String(min);
    }
    badge.className = `badge ${result.verdict.kind}`;
    badge.textContent = result.verdict.words;
    details.replaceChildren(...result.details.map((words) => element('p', {}, [words])));
    const table = timelineTable(result, (step) => go(step + 1));
    drawn.replaceChildren(table, over);
    text.value = caseInShorthand(next.case);
    undo.disabled = past.length === 0;
    go(wanted);
  }

  /** @param {number} wanted */
  function go(wanted) {
    if (explored === undefined) return;
    const last = present.case.commands.length;
    at = Math.min(Math.max(wanted, 0), last);
    const step = at - 1;
    counter.textContent = `Step ${at} of ${last}`;
    back.disabled = at === 0;
    on.disabled = at === last;
    remove.disabled = at === 0;
    position.textContent =
      at === last
        ? 'The command is added at the end.'
        : `The command is inserted after step ${at}, before step ${at + 1}.`;
    for (const cell of scroller.querySelectorAll('[data-step]')) {
      const own = Number(cell.getAttribute('data-step'));
      cell.classList.toggle('now', own === step);
      cell.classList.toggle('later', own > step);
    }
    describe(explored, step);
    draw();
    offer();
  }

  /**
   * @param {Explored} result
   * @param {number} step
   */
  function describe(result, step) {
    const shown = result.steps[step];
    if (shown === undefined) {
      description.replaceChildren(
        element('p', {}, [
          'The beginning: process 0 is alive, no page is mapped, and the device is attached.',
        ]),
      );
      allowed.replaceChildren();
      return;
    }
    const { command, result: returned, noResult, story } = shown;
    description.replaceChildren(
      element('p', { class: 'description-command' }, [
        element('b', {}, [`${step + 1}  ${command}`]),
        element('span', { class: 'description-result' }, [` → ${returned ?? noResult ?? ''}`]),
      ]),
      ...(story.length === 0 ? [] : [element('p', {}, [story.join(' ')])]),
      ...(step === result.broken
        ? [element('p', { class: 'description-broken' }, [`✗ ${result.verdict.words}.`])]
        : []),
    );
    const { outcomes, choices, reason } = allowedAt(result, step);
    const rest = outcomes.length - MAX_OUTCOMES;
    allowed.replaceChildren(
      ...part(
        outcomes.length === 1
          ? `The only outcome allowed at step ${step + 1}`
          : `${outcomes.length} outcomes allowed at step ${step + 1}`,
        reason === undefined
          ? [
              element(
                'ul',
                { class: 'outcomes' },
                outcomes
                  .slice(0, MAX_OUTCOMES)
                  .map(({ words, isObserved }) =>
                    element('li', isObserved ? { class: 'chosen' } : {}, [
                      ...(isObserved ? [element('b', {}, ['observed: '])] : []),
                      words,
                    ]),
                  ),
              ),
              ...(rest > 0 ? [element('p', {}, [`and ${rest} more`])] : []),
            ]
          : [element('p', {}, [reason])],
      ),
      ...part('Choices of the implementation', choices.length === 0 ? [] : [list(choices)]),
    );
  }

  function draw() {
    if (explored === undefined) return;
    const table = scroller.querySelector('table');
    if (table === null) return;
    drawArrows(over, table, explored);
    for (const arrow of over.children) {
      const own = Number(arrow.getAttribute('data-step'));
      arrow.classList.toggle('now', own === at - 1);
      arrow.classList.toggle('later', own > at - 1);
    }
    bringIntoView(scroller, at - 1);
  }

  /** Lists the commands that can follow. */
  function offer() {
    const found = candidates(present, at, search.value);
    listed = found.slice(0, MAX_LISTED);
    const rest = found.length - listed.length;
    offered.replaceChildren(
      ...listed.map(({ command, words }) => {
        const made = element('button', { type: 'button', class: 'offer' }, [
          words,
          element('code', {}, [shorthand(command)]),
        ]);
        made.addEventListener('click', () => add(command));
        return element('li', {}, [made]);
      }),
      ...(rest > 0
        ? [element('li', { class: 'remark' }, [`and ${rest} more: type words to narrow the list`])]
        : []),
      ...(found.length === 0
        ? [element('li', { class: 'remark' }, ['No command that can be sent here contains these words.'])]
        : []),
    );
  }

  /** @param {import('../exploration.ts').Candidate['command']} command */
  function add(command) {
    search.value = '';
    tell('');
    edit(withCommand(present, at, command), at + 1);
    search.focus();
  }

  /** Adds the command that is written in full, or else the first one listed. */
  function addTyped() {
    const written = readCommand(search.value);
    const [first] = listed;
    if (written.kind === 'read') add(written.value);
    else if (first !== undefined) add(first.command);
    else
      tell(
        search.value.includes('=')
          ? written.message
          : 'No command that can be sent here contains these words.',
      );
  }

  /** @param {string} words */
  function load(words) {
    const loaded = readExploration(words, present);
    if (loaded.kind === 'faulty') {
      tell(loaded.message);
      return;
    }
    tell('');
    edit(loaded.value, loaded.value.case.commands.length);
  }

  /**
   * @param {string} what
   * @param {string} words
   */
  async function copy(what, words) {
    try {
      await navigator.clipboard.writeText(words);
      tell(`Copied ${what}.`);
    } catch {
      // A page that is not trusted has no clipboard.
      text.value = words;
      text.focus();
      text.select();
      tell(`Selected ${what} in the text field: press Ctrl+C.`);
    }
  }

  function download() {
    const url = URL.createObjectURL(new Blob([caseAsJson(present)], { type: 'application/json' }));
    element('a', { href: url, download: CASE_FILE }).click();
    URL.revokeObjectURL(url);
    tell(`Saved ${CASE_FILE}.`);
  }

  profile.addEventListener('change', () => {
    load(`profile ${profile.value}\n${caseInShorthand(present.case).split('\n').slice(1).join('\n')}`);
  });
  bug.addEventListener('change', () => {
    edit({ ...present, bug: bug.value === '' ? undefined : bug.value }, at);
  });
  for (const { input } of sizes) {
    input.addEventListener('change', () => {
      const world = sizes
        .filter(({ name, input: one }) => !OPTIONAL.has(name) || one.value !== '1')
        .map(({ name, input: one }) => `${name}=${one.value}`);
      load(`world ${world.join(' ')}\n${present.case.commands.map(shorthand).join('\n')}`);
    });
  }
  search.addEventListener('input', offer);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    addTyped();
  });
  back.addEventListener('click', () => go(at - 1));
  on.addEventListener('click', () => go(at + 1));
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? [];
    if (chosen !== undefined) load(await chosen.text());
    file.value = '';
  });
  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.metaKey || event.shiftKey) return;
    const inField =
      event.target instanceof HTMLInputElement ||
      event.target instanceof HTMLSelectElement ||
      event.target instanceof HTMLTextAreaElement;
    if (inField) return;
    if (event.ctrlKey) {
      if (event.key !== 'z') return;
      undo.click();
    } else {
      const wanted = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: present.case.commands.length }[
        event.key
      ];
      if (wanted !== undefined) go(wanted);
      else if (event.key === 'Delete') remove.click();
      else if (event.key === '/') search.focus();
      else return;
    }
    event.preventDefault();
  });
  globalThis.addEventListener('resize', draw);

  document.title = 'Explore – zone-device-conformance';
  document
    .getElementById('page')
    ?.append(
      element('header', {}, [
        element('p', { class: 'suite' }, [suite]),
        element('h1', {}, ['Explore the specification ', badge]),
        details,
      ]),
      element('section', { class: 'settings', 'aria-label': 'Settings' }, [
        labelled('Profile', profile),
        labelled('Implementation', bug),
        ...sizes.map(({ name, input }) => labelled(name, input)),
      ]),
      element('section', { class: 'finding', 'aria-label': 'Case' }, [
        element('div', { class: 'controls' }, [back, on, counter, remove, undo]),
        description,
        scroller,
        element('div', { class: 'explore-legend' }),
        allowed,
      ]),
      element('section', { class: 'part', 'aria-label': 'Add a command' }, [
        element('h2', {}, ['Add a command']),
        search,
        position,
        offered,
      ]),
      element('section', { class: 'part', 'aria-label': 'The case' }, [
        element('h2', {}, ['The case']),
        element('p', { class: 'remark' }, [
          'Paste a case or a saved counterexample (JSON or shorthand), or edit the lines, and apply them.',
        ]),
        text,
        element('div', { class: 'actions' }, [
          action('Apply', () => load(text.value)),
          labelled('Load a file', file),
          action('Copy JSON', () => void copy('the case as JSON', caseAsJson(present))),
          action('Copy shorthand', () => void copy('the case in shorthand', caseInShorthand(present.case))),
          action(
            'Copy replay line',
            () => void copy('the command that replays the case', replayLine(present)),
          ),
          action(`Save ${CASE_FILE}`, download),
        ]),
        told,
        element('p', { class: 'remark keys' }, [
          'Keys: ← → Home End change the step; Delete removes it; Ctrl+Z undoes; / searches a command; Enter adds it.',
        ]),
      ]),
    );
  await show(start, at);
  const place = document.querySelector('.explore-legend');
  if (explored !== undefined) place?.append(legend(explored));
}

const { start, suite } = JSON.parse(document.getElementById('data')?.textContent ?? '{}');
void build(start, suite);
