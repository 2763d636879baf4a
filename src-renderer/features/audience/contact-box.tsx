import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ContactBlock, EndpointDetail } from '../../../src-preload/contract/audience.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { okToast, Tag } from '../../ui/index.js';
import classes from './audience.module.css';
import { ReasonDialog } from './reason-dialog.js';
import { TopicLine } from './topic-line.js';
import { channelIcon, scopeWords, shortAddress, shortReason } from './words.js';

/** "May we contact?" for one address: yes, or every reason why not, each with the way to change it. */
export function ContactBox({ endpoint, shown, onShow }: { readonly endpoint: EndpointDetail; readonly shown: boolean; readonly onShow: (id: number) => void }) {
  const { view, contact, id } = endpoint;
  const Icon = channelIcon(view.ChannelType);
  const address = shortAddress(view.ChannelType, view.Address);
  return (
    <div className={classes.box}>
      <Icon size={16} stroke={1.7} aria-hidden />
      {shown ? (
        <span className={classes.boxAddress}>{address}</span>
      ) : (
        <button type="button" className={`h-link ${classes.boxAddress}`} onClick={() => onShow(id)}>
          {address}
        </button>
      )}
      {contact.mayContact ? <Tag tone="ok">Yes</Tag> : <Tag tone="bad">No</Tag>}
      <div className={classes.boxLines}>
        {contact.mayContact ? <p>Nothing stands in the way.</p> : contact.blocks.map((block, i) => <Block key={i} block={block} endpoint={endpoint} />)}
        {endpoint.topics.map((standing) => (
          <TopicLine key={standing.topic} id={id} address={address} standing={standing} />
        ))}
      </div>
    </div>
  );
}

function Block({ block, endpoint }: { readonly block: ContactBlock; readonly endpoint: EndpointDetail }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const f = useFormat();
  const [asking, setAsking] = useState(false);
  const activate = useMutation(trpc.audience.update.mutationOptions({ onSuccess: () => okToast('The address is active again.') }));
  const { id, view, key } = { id: endpoint.id, view: endpoint.view, key: endpoint.view.Address };
  const facts = [block.scope && block.scope === 'all' ? scopeWords.all.toLowerCase() : undefined, block.since === undefined ? undefined : f.date(block.since), block.source].filter((part) => part !== undefined);
  return (
    <p>
      {shortReason(block.reason)}
      {facts.length > 0 && ` (${facts.join(', ')})`}
      {block.note === undefined ? '' : `: “${block.note}”`}.{' '}
      {block.liftable && (
        <button type="button" className="h-link" onClick={() => setAsking(true)}>
          Lift with a reason
        </button>
      )}
      {block.reason === 'opted_out' && (
        <button type="button" className="h-link" onClick={() => setAsking(true)}>
          Clear with a reason
        </button>
      )}
      {block.reason === 'inactive' && (
        <button type="button" className="h-link" onClick={() => activate.mutate({ id, edit: { active: true } })}>
          Make it active
        </button>
      )}
      {asking && block.liftable && (
        <ReasonDialog
          title="Lift the suppression?"
          action="Lift"
          required
          onClose={() => setAsking(false)}
          onConfirm={async (note) => {
            await client.audience.liftFor.mutate({ id, scope: block.scope ?? 'marketing', note });
            okToast('The suppression is lifted.');
          }}
        >
          {shortReason(block.reason)}. Once lifted, campaigns reach {key} again. The suppression stays in the history, with your reason beside it.
        </ReasonDialog>
      )}
      {asking && block.reason === 'opted_out' && (
        <ReasonDialog
          title="Clear the opt-out?"
          action="Clear"
          required
          onClose={() => setAsking(false)}
          onConfirm={async (note) => {
            await client.audience.setOptOut.mutate({ id, optOut: false, note });
            okToast('The opt-out is cleared.');
          }}
        >
          {view.Address} opted out of everything in the app or in an imported file. A suppression of the address is a thing of its own and stays.
        </ReasonDialog>
      )}
    </p>
  );
}
