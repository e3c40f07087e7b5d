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
 * A list of names with texts. The command that replays a case has a button that copies it.
 *
 * @param {readonly Fact[]} facts
 */
export function factList(facts) {
  return element(
    'dl',
    { class: 'facts' },
    facts.flatMap(({ name, text }) => [
      element('dt', {}, [name]),
      name === 'Replay' ? element('dd', {}, copied(text)) : element('dd', {}, [text]),
    ]),
  );
}

/**
 * A text with a button that copies it. Where the clipboard is not available, the text is selected.
 *
 * @param {string} text
 * @returns {readonly HTMLElement[]}
 */
function copied(text) {
  const code = element('code', {}, [text]);
  const made = element('button', { type: 'button', class: 'copy' }, ['Copy']);
  made.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      made.textContent = 'Copied';
    } catch {
      globalThis.getSelection()?.selectAllChildren(code);
      made.textContent = 'Selected';
    }
  });
  return [code, made];
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
