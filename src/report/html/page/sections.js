import { element, factList } from './elements.js';

/** @typedef {import('../page-data.ts').PageData} PageData */
/** @typedef {import('../page-data.ts').RequirementTable} RequirementTable */

/**
 * The head of the page.
 *
 * @param {PageData} data
 */
export function pageHead({ verdict, facts, suite, title }) {
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
export function navigation(sections) {
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
export function requirementView({ profiles, chapters }) {
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
