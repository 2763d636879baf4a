/** How far up from the pointer a text that is cut off is looked for. */
const ancestors = 4;

function isCut(element: HTMLElement): boolean {
  return element.scrollWidth > element.clientWidth && getComputedStyle(element).textOverflow === 'ellipsis';
}

/** Whatever text is cut off with dots tells its whole self when the pointer rests on it. Elements that have a title of their own keep it. */
export function showFullTexts(root: Document): void {
  root.addEventListener(
    'mouseover',
    ({ target }) => {
      let element = target instanceof HTMLElement ? target : null;
      for (let up = 0; element && up < ancestors; up++, element = element.parentElement) {
        const ours = element.dataset['fullText'] !== undefined;
        if (element.title !== '' && !ours) return;
        if (isCut(element)) {
          element.title = element.textContent;
          element.dataset['fullText'] = '';
          return;
        }
        if (ours) {
          // A row's element is used for other rows, and may have room now.
          element.removeAttribute('title');
          delete element.dataset['fullText'];
        }
      }
    },
    { passive: true },
  );
}
