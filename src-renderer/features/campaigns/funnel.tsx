import type { Funnel } from '../../../src-preload/contract/campaign.js';
import { reasonWords } from '../../../src-preload/contract/delivery-words.js';
import { useFormat } from '../../lib/format.js';
import { BarCell } from '../../ui/index.js';

/** From the segment to those who will get it: each address counts once, at the first reason that stops it, and the lines add up. */
export function FunnelTable({ funnel }: { readonly funnel: Funnel }) {
  const f = useFormat();
  const out = funnel.rows.filter((row) => row.reason !== 'none' && row.addresses > 0);
  const reached = funnel.rows.find((row) => row.reason === 'none') ?? { people: 0, addresses: 0 };
  const max = funnel.segment.addresses;
  return (
    <table className="h-table">
      <thead>
        <tr>
          <th scope="col">Who</th>
          <th scope="col" style={{ textAlign: 'end' }}>
            People
          </th>
          <th scope="col" style={{ textAlign: 'end' }}>
            Addresses
          </th>
          <th scope="col" style={{ width: '40%' }}>
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row" className="h-name" style={{ textAlign: 'start' }}>
            In the segment
          </th>
          <td className="h-num">{f.number(funnel.segment.people)}</td>
          <td className="h-num">{f.number(max)}</td>
          <td>
            <BarCell parts={[{ value: max, fill: 'neutral' }]} max={max} label={`${f.number(max)} addresses`} />
          </td>
        </tr>
        {out.map((row) => (
          <tr key={row.reason}>
            <th scope="row" style={{ textAlign: 'start', fontWeight: 400, paddingInlineStart: 16 }}>
              {reasonWords[row.reason]}
            </th>
            <td className="h-num">−{f.number(row.people)}</td>
            <td className="h-num">−{f.number(row.addresses)}</td>
            <td>
              <BarCell parts={[{ value: row.addresses, fill: 'neutral' }]} max={max} label={`${f.percent(row.addresses / max)} of the addresses`} />
            </td>
          </tr>
        ))}
        <tr>
          <th scope="row" className="h-name" style={{ textAlign: 'start' }}>
            Will get it
          </th>
          <td className="h-num h-name">{f.number(reached.people)}</td>
          <td className="h-num h-name">{f.number(reached.addresses)}</td>
          <td>
            <BarCell parts={[{ value: reached.addresses, fill: 'accent' }]} max={max} label={`${max === 0 ? '0%' : f.percent(reached.addresses / max)} of the addresses`} />
          </td>
        </tr>
      </tbody>
    </table>
  );
}

/** People who will get it, as the launch button says. */
export function reachedBy(funnel: Funnel | null): { people: number; addresses: number } {
  const row = funnel?.rows.find((line) => line.reason === 'none');
  return { people: row?.people ?? 0, addresses: row?.addresses ?? 0 };
}
