import { Parser } from 'htmlparser2';

export interface XmlHandler {
  /** `name` is without its prefix. */
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(name: string): void;
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

/** Reads the XML of a workbook's part, chunk by chunk. Nothing outside the part is ever fetched, and entities are XML's own five. */
export function createXmlReader(handler: XmlHandler): { write(text: string): void; end(): void } {
  const parser = new Parser(
    { onopentag: (name, attributes) => handler.open(local(name), attributes), ontext: (text) => handler.text(text), onclosetag: (name) => handler.close(local(name)) },
    { xmlMode: true, decodeEntities: true },
  );
  return { write: (text) => parser.write(text), end: () => parser.end() };
}

/** An attribute by its name without prefix, as `r:id` is written with whichever prefix the program chose. */
export function attributeOf(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  return attributes[name] ?? Object.entries(attributes).find(([key]) => local(key) === name)?.[1];
}

const escaped = /_x([0-9A-Fa-f]{4})_/g;

/** Text as Excel keeps what XML cannot hold: `_x000D_` is a carriage return (ECMA-376, 22.9.2.19). */
export const unescapeText = (text: string): string => (text.includes('_x') ? text.replace(escaped, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text);
