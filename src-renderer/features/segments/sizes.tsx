import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { Chart, Loaded } from '../../ui/index.js';

const dayWords = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** How large the segment was, by day. */
export function Sizes({ uid, name }: { readonly uid: string; readonly name: string }) {
  const trpc = useTRPC();
  const f = useFormat();
  const sizes = useQuery(trpc.segments.sizes.queryOptions({ uid }));
  return (
    <Loaded query={sizes}>
      {(days) => (
        <Chart
          title="Size by day"
          note={`Days it was counted on, of ${f.zone}`}
          kind="line"
          labels={days.map(({ day }) => dayWords.format(Date.parse(`${day}T00:00:00Z`)))}
          labelName="Day"
          series={[
            { name: 'People', values: days.map(({ people }) => people) },
            { name: 'Addresses', values: days.map(({ addresses }) => addresses) },
          ]}
          unit="people or addresses"
          value={(v) => f.number(v)}
          height={150}
          file={`${name} size by day`}
          empty="It is counted once a day while Heliograph runs; the first count comes within minutes."
        />
      )}
    </Loaded>
  );
}
