import { useEffect, useMemo, useRef } from 'react';

/** Elements that load, run, send or redirect. The frame's sandbox and policy stop them too; gone, they cannot even try. */
const forbidden = 'script, iframe, frame, frameset, object, embed, applet, form, base, link, meta, portal, audio, video, source';

/** Conditions that hold always and never, whatever the frame's size. */
const always = '(min-width: 0)';
const never = '(max-width: 0)';

/**
 * Answers a message's own questions for light or dark. A frame without scripts asks the system's mode, not the one it is shown in, so the answer is written in its place.
 */
function inScheme(styles: string, dark: boolean): string {
  return styles
    .replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi, (_, scheme: string) => ((scheme.toLowerCase() === 'dark') === dark ? always : never))
    .replace(/\(\s*prefers-color-scheme\s*\)/gi, always);
}

/**
 * Message HTML made inert: parsed by the browser's inert parser, without anything that runs, sends or redirects; links keep their target in
 * `data-href` and do nothing by themselves. Not a general sanitiser: it is only ever shown inside the sandboxed frame.
 */
export function inertHtml(html: string, options: { readonly images: boolean; readonly dark?: boolean }): string {
  const document = new DOMParser().parseFromString(html, 'text/html');
  for (const element of document.querySelectorAll(forbidden)) element.remove();
  for (const element of document.querySelectorAll('*')) {
    for (const name of element.getAttributeNames()) {
      if (/^on/i.test(name) || /^(action|formaction|ping|target|srcdoc|autofocus)$/i.test(name)) element.removeAttribute(name);
    }
    for (const name of ['href', 'xlink:href']) {
      const href = element.getAttribute(name);
      if (href === null) continue;
      element.removeAttribute(name);
      element.setAttribute('data-href', href);
      if (element.tagName === 'A') {
        element.setAttribute('title', href);
        element.setAttribute('role', 'link');
        element.setAttribute('tabindex', '0');
      }
    }
  }
  for (const style of document.querySelectorAll('style')) {
    style.textContent = inScheme(style.textContent ?? '', options.dark ?? false);
    const media = style.getAttribute('media');
    if (media !== null) style.setAttribute('media', inScheme(media, options.dark ?? false));
  }
  if (!options.images) {
    // Not even asked for: the frame's policy would refuse each and say so in the console.
    for (const image of document.querySelectorAll('img, input[type=image]')) {
      const src = image.getAttribute('src');
      if (src !== null && !src.startsWith('data:')) image.removeAttribute('src');
      image.removeAttribute('srcset');
    }
  }
  const imageSources = options.images ? "data: https: http://127.0.0.1:* http://localhost:*" : 'data:';
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = `default-src 'none'; img-src ${imageSources}; style-src 'unsafe-inline'; font-src data:; form-action 'none'; base-uri 'none'`;
  const scheme = document.createElement('meta');
  scheme.name = 'color-scheme';
  scheme.content = options.dark ? 'dark' : 'light';
  const style = document.createElement('style');
  style.textContent = `[data-href]{cursor:pointer} a[data-href]{text-decoration:underline;color:${options.dark ? '#7DB2F7' : '#1F5FC4'}} :where(body){margin:12px;font-family:system-ui,sans-serif}`;
  document.head.prepend(policy, scheme, style);
  return `<!doctype html>${document.documentElement.outerHTML}`;
}

export interface HtmlFrameProps {
  readonly html: string;
  /** Names the frame: `Preview of the message`. */
  readonly title: string;
  /** Loads remote images (and so the open pixel). Default false. */
  readonly images?: boolean;
  /** Shows it as a mail program in dark mode does: its own styles for dark hold. Without it those for light hold, whatever this window's mode. */
  readonly dark?: boolean;
  /** A click on a link, with its raw target: ask, open outside, or follow in a test. Without it links do nothing. */
  readonly onLink?: (href: string) => void;
  readonly height?: number | string;
  readonly width?: number | string;
}

/** Shows message HTML: no scripts, no forms, inert links, its own policy. */
export function HtmlFrame({ html, title, images = false, dark = false, onLink, height = '100%', width = '100%' }: HtmlFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const link = useRef(onLink);
  link.current = onLink;
  const source = useMemo(() => inertHtml(html, { images, dark }), [html, images, dark]);
  const listens = onLink !== undefined;
  useEffect(() => {
    const element = frame.current;
    if (!listens || !element) return;
    const follow = (event: Event) => {
      const target = event.target as Node | null;
      const element = target?.nodeType === Node.ELEMENT_NODE ? (target as Element) : target?.parentElement;
      const href = element?.closest('[data-href]')?.getAttribute('data-href');
      if (href === null || href === undefined) return;
      event.preventDefault();
      link.current?.(href);
    };
    const attach = () => {
      const inside = element.contentDocument;
      inside?.addEventListener('click', follow);
      inside?.addEventListener('keydown', (event) => {
        if (event.key === 'Enter') follow(event);
      });
    };
    attach();
    element.addEventListener('load', attach);
    return () => element.removeEventListener('load', attach);
  }, [source, listens]);
  return (
    <iframe
      ref={frame}
      title={title}
      srcDoc={source}
      // Never allow-scripts. Same origin only so that this window may listen for clicks on links; nothing inside can run.
      sandbox={listens ? 'allow-same-origin' : ''}
      referrerPolicy="no-referrer"
      style={{ border: 0, width, height, display: 'block', background: dark ? '#16181b' : '#fff', colorScheme: dark ? 'dark' : 'light' }}
    />
  );
}
