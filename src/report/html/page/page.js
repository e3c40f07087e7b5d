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
  return element('section', { class: 'requirements', id: 'requirements' }, [
    element('h2', {}, ['Requirements']),
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
          ...chapters.map(({ title, rows }) =>
            element('tbody', {}, [
              element('tr', { class: 'chapter' }, [
                element('th', { scope: 'rowgroup', colspan: String(profiles.length + 2) }, [title]),
              ]),
              ...rows.map(({ id, level, title: rule, cells }) =>
                element('tr', {}, [
                  element('th', { scope: 'row' }, [
                    element('code', {}, [id]),
                    element('span', { class: 'rule-title' }, [rule]),
                  ]),
                  element('td', {}, [level]),
                  ...cells.map(({ status, words }) => element('td', { class: `status ${status}` }, [words])),
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
  show(0);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    // A slider handles these keys itself.
    if (event.target instanceof HTMLInputElement) return;
    if (findings[shown]?.onKey(event.key) === true) event.preventDefault();
  });
  globalThis.addEventListener('resize', () => {
    findings[shown]?.draw();
  });
}

build(readData());
