import type { ImportFormat } from '../../../src-preload/contract/import.js';

type Mark = ImportFormat['decimal'];

const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const withComma = /^[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d{1,3})?$/;
/** `1.691,92` and `12.500`: once the comma is the decimal mark, points before three digits can only be groups. */
const grouped = /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?$/;
/**
 * `1,691.92` and `1,250,000`: groups that nothing else can be. One comma alone is none of them: with the point as the decimal mark, which is also what is taken where nothing shows one,
 * `1,250` may be a thousand or a little more than one.
 */
const groupedPoint = /^[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+\.\d*|(?:,\d{3}){2,})$/;
const coordinate = /^[+-]?\d{1,3}(?:[.,]\d+)?$/;

/** The number a text writes with this decimal mark; NaN where it writes none. */
export function parseNumber(text: string, mark: Mark): number {
  if (plain.test(text) && (mark === '.' || !text.includes('.'))) return Number(text);
  if (mark === '.') return groupedPoint.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN;
  if (withComma.test(text)) return Number(text.replace(',', '.'));
  return grouped.test(text) ? Number(text.replaceAll('.', '').replace(',', '.')) : Number.NaN;
}

/** A latitude or longitude. Nobody groups its digits, so both marks mean the same whatever the rest of the file does. */
export function parseCoordinate(text: string): number {
  return coordinate.test(text) ? Number(text.replace(',', '.')) : plain.test(text) ? Number(text) : Number.NaN;
}

/** True for texts that write a number with either mark. */
export const looksNumeric = (text: string): boolean => !Number.isNaN(parseNumber(text, '.')) || !Number.isNaN(parseNumber(text, ','));

/** `12,5` and `0,125`, but not `1,234`, which may be a thousand. */
const surely = (mark: ',' | '\\.') => new RegExp(`^[+-]?(?:0${mark}\\d+|\\d+${mark}(?:\\d{1,2}|\\d{4,}))$`);
const surelyComma = surely(',');
const groupedComma = /^[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d*|(?:\.\d{3}){2,})$/;
const surelyPoint = surely('\\.');

/**
 * The decimal mark that columns of metrics show, by the values that can be read one way only. Only columns whose every value is a number count. Undefined
 * where nothing shows it or both are shown as often.
 */
export function guessDecimal(columns: readonly (readonly string[])[]): Mark | undefined {
  let comma = 0;
  let point = 0;
  for (const values of columns) {
    if (values.length === 0 || !values.every((value) => looksNumeric(value.trim()))) continue;
    for (const value of values) {
      const text = value.trim();
      if (surelyComma.test(text) || groupedComma.test(text)) comma++;
      else if (surelyPoint.test(text) || groupedPoint.test(text)) point++;
    }
  }
  return comma === point ? undefined : comma > point ? ',' : '.';
}
