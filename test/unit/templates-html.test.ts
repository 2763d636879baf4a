import { describe, expect, it } from 'vitest';
import { checkContent, compileEmail } from '../../src-main/templates/index.js';
import { isHeliographError } from '../../src-preload/contract/errors.js';
import { email, noExtras, person, renderHtml } from '../support/template-person.js';

/** Renders with tracking; gives the HTML and the links asked for. */
function track(html: string, view = person()) {
  const asked: { index: number; url: string }[] = [];
  const compiled = compileEmail(email({ html }));
  const rendered = compiled.render(view, { ...noExtras, link: (link) => (asked.push(link), `https://t.example/${link.index}`) });
  return { html: rendered.html, asked, links: compiled.links };
}

describe('tracked links', () => {
  it('replaces http(s) links in reading order and leaves everything else character for character', () => {
    const source = `<!-- <a href="https://c.example">comment</a> -->
<A class=x  HREF = "https://a.example/p?x=1&amp;y=2#z" title="t">One &amp; <b>two</b></A>
<a href='http://b.example'>b</a><a href=https://u.example/q>unquoted</a><map><area href="https://area.example/" alt=""></map>
<a href="mailto:x@y.example">m</a><a href="tel:+1">t</a><a href="#top">top</a><a href="/rel">r</a><a name="x">no href</a>
<a href="https://n.example" data-no-track>n</a><a ses:no-track href="https://p.example">p</a>
<a href="{{Heliograph.UnsubscribeUrl}}">bye</a><a href=" {{{ Heliograph.UnsubscribeUrl }}} ">bye</a>`;
    const { html, asked, links } = track(source);
    expect(html).toBe(`<!-- <a href="https://c.example">comment</a> -->
<A class=x  HREF = "https://t.example/0" title="t">One &amp; <b>two</b></A>
<a href='https://t.example/1'>b</a><a href="https://t.example/2">unquoted</a><map><area href="https://t.example/3" alt=""></map>
<a href="mailto:x@y.example">m</a><a href="tel:+1">t</a><a href="#top">top</a><a href="/rel">r</a><a name="x">no href</a>
<a href="https://n.example" data-no-track>n</a><a ses:no-track href="https://p.example">p</a>
<a href="https://u.example/1">bye</a><a href="https://u.example/1">bye</a>`);
    expect(asked).toEqual([
      { index: 0, url: 'https://a.example/p?x=1&y=2#z' },
      { index: 1, url: 'http://b.example/' },
      { index: 2, url: 'https://u.example/q' },
      { index: 3, url: 'https://area.example/' },
    ]);
    expect(links).toEqual([
      { index: 0, url: 'https://a.example/p?x=1&y=2#z', text: 'One & two' },
      { index: 1, url: 'http://b.example', text: 'b' },
      { index: 2, url: 'https://u.example/q', text: 'unquoted' },
      { index: 3, url: 'https://area.example/', text: '' },
    ]);
  });

  it('encodes personal path and query, quotes in Handlebars included, and tells links as written', () => {
    const view = person({ Attributes: { X: ['a b&c=d/é"\'<>'], Path: ['x/y z'] } });
    const { html, asked, links } = track(
      `<a href="https://s.example/{{Attributes.X}}?n={{default Location.Region "none, \\"or\\" not"}}&amp;p={{#if Metrics.Zero}}1{{else}}2{{/if}}">Hi {{User.UserAttributes.FirstName}} <img src="x.png" alt="ignored"></a><a href="https://s.example/{{{Attributes.Path}}}"><img src="https://i/x.png" alt="pic of {{Id}}"></a>`.replaceAll('\\"', "'"),
      view,
    );
    expect(asked).toEqual([
      { index: 0, url: 'https://s.example/a%20b%26c%3Dd%2F%C3%A9%22%27%3C%3E?n=none%2C%20%27or%27%20not&p=2' },
      { index: 1, url: 'https://s.example/x/y%20z' },
    ]);
    expect(links.map(({ text }) => text)).toEqual(['Hi {{User.UserAttributes.FirstName}}', 'pic of {{Id}}']);
    expect(html).toContain('<a href="https://t.example/0">Hi Ada <img');
  });

  it('writes static addresses as URLs: blanks, letters of other scripts, line breaks, IDN', () => {
    const { asked } = track('<a href=" https://Müller.example/Über uns?q=ä ">x</a><a href="https://a.example/\n  b">y</a>');
    expect(asked.map(({ url }) => url)).toEqual(['https://xn--mller-kva.example/%C3%9Cber%20uns?q=%C3%A4', 'https://a.example/%20%20b']);
  });

  it('refuses a personal host, whichever way it is written, and says where', () => {
    const refused = ['{{Attributes.Plan}}', 'https://{{Attributes.Plan}}/x', 'https://example.org{{Attributes.Plan}}/x', 'https://{{Id}}.example.org/', '{{Id}}://example.org', 'https:{{Id}}', 'https:/{{Id}}', 'htt{{Id}}', 'https://example.org:{{Id}}/', '{{#if Id}}https://a.example/{{/if}}', '&#104;ttps://{{Id}}'];
    for (const href of refused) {
      const content = email({ subject: 's', html: `<p>\n<a href="${href}">x</a>` });
      expect(() => compileEmail(content), href).toThrow(/PERSONALISED_LINK_HOST .*"line":2,"column":10/);
      expect(checkContent(content).filter((p) => p.code === 'personalised_link_host'), href).toMatchObject([{ severity: 'error', field: 'html', line: 2, column: 10 }]);
      expect(compileEmail(content, { lenient: true }).render(person(), noExtras).html, href).toContain('<a href=');
    }
  });

  it('lets untracked links and pictures have a personal host, but only on the web', () => {
    const view = (url: string) => person({ Attributes: { Url: [url] } });
    const html = '<a data-no-track href="{{Attributes.Url}}">x</a><img alt="" src="{{Attributes.Url}}">';
    expect(renderHtml(html, view('https://cdn.example/a b.png?x=1&y=2'))).toBe('<a data-no-track href="https://cdn.example/a%20b.png?x=1&amp;y=2">x</a><img alt="" src="https://cdn.example/a%20b.png?x=1&amp;y=2">');
    for (const url of ['javascript:alert(1)', ' JaVaScript:x', 'data:text/html,x', 'file:///etc/passwd', '//x.example', 'java\u0000script:x']) {
      expect(() => renderHtml(html, view(url)), url).toThrow(/RENDER_FAILED/);
    }
  });

  it('puts the preheader behind <body> and the pixel before </body>, or at the ends', () => {
    const compiled = compileEmail(email({ preheader: 'Soon <{{Id}}>', html: '<html><body class="a > b"><p>x</p></body></html>' }));
    const { html } = compiled.render(person(), { ...noExtras, openPixelUrl: 'https://o.example/?a=1&b="' });
    expect(html.replace(/(&#847;&zwnj;&nbsp;)+/, '*')).toBe(
      '<html><body class="a > b"><div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;color:transparent;mso-hide:all">Soon &lt;e-1&gt;*</div><p>x</p><img src="https://o.example/?a=1&amp;b=&quot;" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0"></body></html>',
    );
    expect(renderHtml('<p>x', person(), { openPixelUrl: 'https://o/' })).toMatch(/^<p>x<img src="https:\/\/o\/"/);
  });

  it('survives hostile markup unchanged', () => {
    for (const html of ['<a href="https://x.example', '<a href=', '<a <a href="https://a.example">x', '<<a href=">">', '</a></a>', '<a href="https://a.example"/><p>', '\ue000\ue001 {{Id}}', '<a href="https://a.example/\ue000{{Id}}">x</a>', '<svg><a href="https://a.example">x</a></svg>', '<body><body>', '<title>{{Id}}</title>']) {
      expect(() => renderHtml(html), html).not.toThrow();
    }
    expect(renderHtml('\ue000\ue001 {{Id}}')).toBe('\ue000\ue001 e-1');
  });
});

describe('plain text from HTML', () => {
  it('keeps variables and blocks, encodes values in addresses, leaves links untracked', () => {
    const compiled = compileEmail(
      email({
        html: `<style>p{}</style><div style="display:none">hidden</div><h1>Dear {{User.UserAttributes.FirstName}}</h1>
<p>{{#if Location.City}}How is {{Location.City}}?{{else}}Hello.{{/if}} Tom &amp; Jerry</p><ul>{{#each Attributes.Interests}}<li>{{this}}</li>{{/each}}</ul>
<p><a href="https://s.example/?c={{Location.City}}&amp;d={{upper Location.City}}">Shop</a> \\{{kept}} <img src="a.png" alt="no"></p>
<a href="{{Heliograph.UnsubscribeUrl}}">Unsubscribe</a><p>{{Heliograph.PostalAddress}}</p>`,
      }),
    );
    const { text, html } = compiled.render(person(), { ...noExtras, link: () => 'https://t.example/x' });
    expect(text).toBe(`Dear Ada

How is Los Angeles? Tom & Jerry

 * maths
 * engines
 * poetry

Shop (https://s.example/?c=Los%20Angeles&d=LOS%20ANGELES) {{kept}}

Unsubscribe (https://u.example/1)

1 Mill Lane
Oxford`);
    expect(html).toContain('1 Mill Lane<br>Oxford');
  });
});

describe('checkContent', () => {
  const good = '<p>Hi {{default User.UserAttributes.FirstName "friend"}} <a href="https://a.example/">x</a> <a href="{{Heliograph.UnsubscribeUrl}}">u</a> {{Heliograph.PostalAddress}}</p>';
  const codes = (content: Parameters<typeof email>[0]) => checkContent(email({ subject: 'Hello', html: good, ...content })).map((p) => `${p.severity} ${p.code} ${p.field}${p.line === undefined ? '' : ` ${p.line}:${p.column}`}`);

  it('has nothing against a good e-mail', () => {
    expect(codes({})).toEqual([]);
  });

  it('finds every kind of problem, at its place', () => {
    expect(codes({ subject: ' ', html: '' })).toEqual(['error subject_missing subject', 'error body_missing html']);
    expect(codes({ html: '<p>x</p>' })).toEqual(['error unsubscribe_missing html', 'warning postal_address_missing html']);
    expect(codes({ subject: 'x'.repeat(71), text: 'no link' })).toEqual(['warning text_without_unsubscribe text', 'advice subject_long subject']);
    expect(codes({ html: `${good}\n<img src="logo.png"><a href="/x">a</a>\n<a href="javascript:x()">b</a><a href="http://h.example">c</a> {{{Attributes.X}}}\n<p onclick="x()"><script>1</script>` })).toEqual([
      'error bad_link html 3:10',
      'warning image_without_alt html 2:1',
      'warning relative_image html 2:11',
      'warning relative_link html 2:30',
      'warning unescaped_value html 3:64',
      'warning script html 4:1',
      'warning script html 4:18',
      'advice insecure_link html 3:40',
    ]);
    expect(
      codes({ html: `${good}\n<iframe src="http://h.example/f"></iframe><form action="https://h.example"><input name="a"><button>Go</button></form>\n<input name="b"> <img alt="" src="http://h.example/p.png"><td background="http://h.example/b.png"><img alt="" src="https://h.example/p.png">` }),
    ).toEqual([
      'warning dropped_element html 2:1',
      'warning form html 2:43',
      'warning form html 3:1',
      'warning insecure_image html 3:35',
      'warning insecure_image html 3:75',
    ]);
    expect(codes({ html: `${good}${'<p>ä</p>'.repeat(12_000)}` })).toEqual(['warning html_too_big html']);
    expect(codes({ subject: '{{FirstName}}', preheader: '{{shout Id}}', html: `${good}{{#if Id}}`, text: `{{Location.Citty}} {{Heliograph.Web}} {{Heliograph.UnsubscribeUrl}}`, defaultSubstitutions: { 'Attributes.None': 'x' } })).toEqual([
      'error unknown_variable subject 1:1',
      'error unknown_helper preheader 1:3',
      `error syntax html 1:${good.length + 11}`,
      'error unknown_variable text 1:1',
      'error unknown_variable text 1:20',
      'advice default_unused html',
    ]);
  });

  it('finds the place of a variable by its whole name', () => {
    const problems = checkContent(email({ subject: 'Hello', html: `${good}\n{{Id}}{{Attributes.Fi}}{{upper Fi}}` }));
    expect(problems).toMatchObject([{ code: 'unknown_variable', line: 2, column: 24, detail: { variable: 'Fi' } }]);
  });

  it('suggests the user attribute for a bare name', () => {
    expect(checkContent(email({ subject: '{{FirstName}}', html: good }))[0]?.detail).toEqual({ variable: 'FirstName', meant: 'User.UserAttributes.FirstName' });
  });

  it('never throws, whatever the content', () => {
    for (const html of ['{{', '{{#each}}', '\u0000', '<a href="{{#if x}}', '{{> x}}'.repeat(500), '{{#if Id}}'.repeat(3000)]) {
      const problems = checkContent(email({ subject: html, html, text: html }));
      expect(problems.some((p) => p.severity === 'error')).toBe(true);
      expect(() => compileEmail(email({ html }))).not.toThrow(RangeError);
      try {
        compileEmail(email({ html }));
      } catch (error) {
        expect(isHeliographError(error)).toBe(true);
      }
    }
  });
});
