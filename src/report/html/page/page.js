import { element, factList } from './elements.js';
import { findingView } from './finding.js';

/** @typedef {import('../page-data.ts').PageData} PageData */
/** @typedef {import('../page-data.ts').RequirementTable} RequirementTable */

/**
 * The head of the page.
 *
 * @param {PageData} data
 */
function pageHead({ verdict, facts, suite, title }) {
  return element('header', {}, [
    element('p', { class: 'suite' }, [suite]),
    element('h1', {}, [
      title,
      ...(verdict === undefined
        ? []
        : [' ', element('span', { class: `badge ${verdict.kind}` }, [verdict.words])]),
    ]),
    factList(facts),
  ]);
}

/**
 * Buttons that show one section of several.
 *
 * @param {readonly { label: string, detail: string, section: HTMLElement, onShow: () => void }[]} sections
 */
function navigation(sections) {
  const buttons = sections.map(({ label, detail }, at) => {
    const made = element('button', { type: 'button' }, [
      element('span', { class: 'tab-label' }, [label]),
      element('span', { class: 'tab-detail' }, [detail]),
    ]);
    made.addEventListener('click', () => {
      show(at);
      history.replaceState(undefined, '', `#${sections[at]?.section.id ?? ''}`);
    });
    return made;
  });

  /** @param {number} wanted */
  function show(wanted) {
    for (const [at, { section, onShow }] of sections.entries()) {
      section.classList.toggle('away', at !== wanted);
      if (at === wanted) buttons[at]?.setAttribute('aria-current', 'true');
      else buttons[at]?.removeAttribute('aria-current');
      if (at === wanted) onShow();
    }
  }

  const bar = element('nav', { 'aria-label': 'Findings and requirements' }, buttons);
  if (sections.length < 2) bar.classList.add('away');
  return { bar, show };
}

/**
 * The requirements of a run.
 *
 * @param {RequirementTable} requirements
 */
function requirementView({ profiles, chapters }) {
  const rows = chapters.flatMap((chapter) => chapter.rows);
  const statuses = [...new Set(rows.flatMap(({ cells }) => cells.map(({ status }) => status)))];
  const search = element('input', { type: 'search', placeholder: 'id or words', 'aria-label': 'Search' });
  const filter = element('select', { 'aria-label': 'Status' }, [
    element('option', { value: '' }, ['all']),
    ...statuses.map((status) => element('option', { value: status }, [status.replaceAll('-', ' ')])),
  ]);
  const total = element('output', { class: 'total' });
  const update = () => {
    const words = search.value.toLowerCase();
    let count = 0;
    for (const { id, title, cells } of rows) {
      const isShown =
        `${id} ${title}`.toLowerCase().includes(words) &&
        (filter.value === '' || cells.some(({ status }) => status === filter.value));
      document.getElementById(id)?.classList.toggle('away', !isShown);
      if (isShown) count++;
    }
    for (const body of document.querySelectorAll('table.rules tbody')) {
      body.classList.toggle('away', body.querySelector('tr[id]:not(.away)') === null);
    }
    total.textContent = `${count} of ${rows.length} requirements`;
  };
  search.addEventListener('input', update);
  filter.addEventListener('change', update);
  total.textContent = `${rows.length} requirements`;
  return element('section', { class: 'requirements', id: 'requirements' }, [
    element('h2', {}, ['Requirements']),
    element('p', { class: 'find' }, [search, filter, total]),
    element(
      'div',
      { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Requirements as a table' },
      [
        element('table', { class: 'rules' }, [
          element('thead', {}, [
            element(
              'tr',
              {},
              ['Requirement', 'Level', ...profiles].map((words) => element('th', { scope: 'col' }, [words])),
            ),
          ]),
          ...chapters.map(({ title, rows: own }) =>
            element('tbody', {}, [
              element('tr', { class: 'chapter' }, [
                element('th', { scope: 'rowgroup', colspan: String(profiles.length + 2) }, [title]),
              ]),
              ...own.map(({ id, level, title: rule, cells }) =>
                element('tr', { id }, [
                  element('th', { scope: 'row' }, [
                    element('code', {}, [id]),
                    element('span', { class: 'rule-title' }, [rule]),
                  ]),
                  element('td', {}, [level]),
                  ...cells.map(({ status, words }, at) =>
                    element('td', { class: `status ${status}`, 'data-profile': profiles[at] ?? '' }, [words]),
                  ),
                ]),
              ),
            ]),
          ),
        ]),
      ],
    ),
  ]);
}

/** @returns {PageData} */
function readData() {
  return JSON.parse(document.getElementById('data')?.textContent ?? '{}');
}

/** @param {PageData} data */
function build(data) {
  document.title = data.verdict === undefined ? data.title : `${data.title} – ${data.verdict.words}`;
  const findings = data.pictures.map(findingView);
  let shown = 0;
  const sections = findings.map(({ section, draw }, at) => ({
    label: data.pictures[at]?.requirement.id ?? '',
    detail: `at ${data.pictures[at]?.op ?? ''}, in ${data.pictures[at]?.steps.length ?? 0} steps`,
    section,
    onShow: () => {
      shown = at;
      draw();
    },
  }));
  if (data.requirements !== undefined) {
    const rules = data.requirements.chapters.reduce((sum, { rows }) => sum + rows.length, 0);
    sections.push({
      label: 'Requirements',
      detail: `${rules} requirements`,
      section: requirementView(data.requirements),
      onShow: () => {
        shown = -1;
      },
    });
  }
  const { bar, show } = navigation(sections);
  document.getElementById('page')?.append(pageHead(data), bar, ...sections.map(({ section }) => section));
  // All sections are drawn once while they are laid out, so that the print has arrows for hidden sections as well.
  for (const { draw } of findings) draw();
  /** Shows the finding or the requirement that the address names: #finding-0, #fork.isolation. */
  const follow = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const wanted = named === null ? 0 : sections.findIndex(({ section }) => section.contains(named));
    show(Math.max(wanted, 0));
    named?.scrollIntoView({ block: 'start' });
  };
  follow();
  globalThis.addEventListener('hashchange', follow);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    // Controls handle these keys themselves.
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    if (findings[shown]?.onKey(event.key) === true) event.preventDefault();
  });
  globalThis.addEventListener('resize', () => {
    findings[shown]?.draw();
  });
}

build(readData());
