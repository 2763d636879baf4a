import { Parser } from 'htmlparser2';

/** Links and pictures of message HTML, in reading order, each target once. Only http, https and mailto; a link's text is what stands in it, or its picture's alternative text. */
export function linksOf(html: string): { links: { url: string; text: string }[]; images: { url: string; text: string }[] } {
  const links = new Map<string, string>();
  const images = new Map<string, string>();
  let current: { url: string; text: string } | undefined;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const href = attributes['href'];
        if (name === 'a' && href !== undefined && /^(?:https?:|mailto:)/i.test(href.trim())) current = { url: href.trim(), text: '' };
        const src = attributes['src'];
        if (name === 'img') {
          if (current) current.text += ` ${attributes['alt'] ?? ''}`;
          if (src !== undefined && /^https?:/i.test(src.trim()) && images.size < 500) images.set(src.trim(), images.get(src.trim()) ?? (attributes['alt'] ?? '').slice(0, 200));
        }
      },
      ontext(text) {
        if (current) current.text += text;
      },
      onclosetag(name) {
        if (name !== 'a' || !current) return;
        if (!links.has(current.url) && links.size < 500) links.set(current.url, current.text.replace(/\s+/g, ' ').trim().slice(0, 200));
        current = undefined;
      },
    },
    { decodeEntities: true },
  );
  parser.write(html);
  parser.end();
  const list = (map: Map<string, string>) => [...map].map(([url, text]) => ({ url, text }));
  return { links: list(links), images: list(images) };
}
