import { findingView } from './finding.js';
import { pageHead, navigation, requirementView } from './sections.js';

/** @typedef {import('../page-data.ts').PageData} PageData */

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
