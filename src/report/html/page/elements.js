/** @typedef {import('../page-data.ts').Fact} Fact */

/**
 * Creates an element. Data becomes children or attributes only: no string is ever parsed as HTML.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {readonly (Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * @param {string} name
 * @param {Readonly<Record<string, string>>} attributes
 * @returns {SVGElement}
 */
export function drawing(name, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/**
 * Text for screen readers only.
 *
 * @param {string} text
 */
export function unseen(text) {
  return element('span', { class: 'unseen' }, [text]);
}

/**
 * A list of names with texts.
 *
 * @param {readonly Fact[]} facts
 */
export function factList(facts) {
  return element(
    'dl',
    { class: 'facts' },
    facts.flatMap(({ name, text }) => [element('dt', {}, [name]), element('dd', {}, [text])]),
  );
}

/**
 * A titled part of a section; empty without content.
 *
 * @param {string} title
 * @param {readonly Node[]} content
 * @returns {readonly HTMLElement[]}
 */
export function part(title, content) {
  return content.length === 0
    ? []
    : [element('section', { class: 'part' }, [element('h3', {}, [title]), ...content])];
}

/** @param {readonly string[]} items */
export function list(items) {
  return element(
    'ul',
    {},
    items.map((item) => element('li', {}, [item])),
  );
}
