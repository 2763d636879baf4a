import { SegmentedControl, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { placeWords } from '../../../src-preload/contract/delivery-words.js';
import { type CampaignReport, heatLinkNumber, type MessageCounts, type RecipientFilter } from '../../../src-preload/contract/report.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { BarCell, Chart, EmptyState, HtmlFrame, LinkAddress, Loaded, Section, SkeletonBlock, Stat, VariantMark } from '../../ui/index.js';
import { recipientsPath, variantLetter } from './filter.js';
import classes from './report.module.css';

/** Whether anything can be known of it: without its pixel or its links, no opens or clicks is no number. */
function isTracked(report: CampaignReport, { outcome, link }: RecipientFilter): boolean {
  if (outcome === 'open') return report.trackOpens;
  return report.trackClicks || (outcome !== 'click' && link === undefined);
}

/** A number that opens its people. */
function People({ report, filter, value }: { readonly report: CampaignReport; readonly filter: RecipientFilter; readonly value: number }) {
  const f = useFormat();
  if (value === 0 && !isTracked(report, filter)) return <span className="h-text-3">not tracked</span>;
  if (value === 0) return <span>0</span>;
  return (
    <Link className="h-link" to={recipientsPath(report.campaign.uid, report.run.uid, filter)}>
      {f.number(value)}
    </Link>
  );
}

/** The whole report above the recipients. */
export function ReportSummary({ report }: { readonly report: CampaignReport }) {
  return (
    <Stack gap="sm">
      <div className={classes.room}>
        <Figures report={report} />
      </div>
      <div className={classes.halves}>
        <FunnelSection report={report} />
        <ReasonSection report={report} />
      </div>
      {report.treatments.length > 1 && <VariantSection report={report} />}
      <LinkSection report={report} />
      <HourSection report={report} />
      <DomainSection report={report} />
    </Stack>
  );
}

/** What rates are of: delivered, as far as anybody can tell (design 5, "Counting"). */
function delivered(counts: MessageCounts): number {
  return counts.accepted - counts.bounced;
}

function Figures({ report }: { readonly report: CampaignReport }) {
  const f = useFormat();
  const { total } = report;
  const base = delivered(total);
  const rate = (n: number) => (base === 0 ? 'nobody yet' : `${f.percent(n / base)} of ${report.feedback ? 'delivered' : 'accepted'}`);
  return (
    <div className={classes.figures} aria-live="polite">
      <Stat big label={report.feedback ? 'Delivered' : 'Accepted by the mail server'} value={f.number(base)} note={`of ${f.plural(total.messages - total.skipped, 'message', 'messages')} to send`} />
      <Stat label="Opened (estimate)" value={<People report={report} filter={{ outcome: 'open' }} value={total.opened} />} note={report.trackOpens ? `${rate(total.opened)}; ${f.number(total.openedByMachine)} more only by machines` : ''} />
      <Stat label="Clicked" value={<People report={report} filter={{ outcome: 'click' }} value={total.clicked} />} note={report.trackClicks ? `${rate(total.clicked)}; ${f.number(total.clickedByScanner)} more only by scanners` : ''} />
      <Stat label="Unsubscribed" value={<People report={report} filter={{ outcome: 'unsubscribe' }} value={total.unsubscribed} />} note={rate(total.unsubscribed)} />
      <Stat label="Bounced" value={<People report={report} filter={{ outcome: 'bounced' }} value={total.bounced} />} note={report.feedback ? `${f.percent(total.accepted === 0 ? 0 : total.bounced / total.accepted)} of accepted` : 'later bounces are not read yet'} />
      {total.unknown > 0 && <Stat label="May have been sent" value={<People report={report} filter={{ state: 'unknown' }} value={total.unknown} />} note="the answer is missing" />}
    </div>
  );
}

function FunnelSection({ report }: { readonly report: CampaignReport }) {
  const f = useFormat();
  const { total, funnel } = report;
  const steps: { label: string; value: number; filter: RecipientFilter; note: string }[] = [
    { label: 'Segment', value: total.messages, filter: {}, note: funnel ? f.audience(funnel.segment) : 'recipients fixed' },
    { label: 'To be sent', value: total.messages - total.skipped, filter: { toSend: true }, note: 'everybody who was not left out' },
    { label: 'Accepted', value: total.accepted, filter: { state: 'sent' }, note: 'by the mail server' },
    { label: 'Opened', value: total.opened, filter: { outcome: 'open' }, note: 'an estimate: some programs open by themselves, some never tell' },
    { label: 'Clicked', value: total.clicked, filter: { outcome: 'click' }, note: 'by a person, at least one link' },
    { label: 'Unsubscribed', value: total.unsubscribed, filter: { outcome: 'unsubscribe' }, note: '' },
  ];
  const max = Math.max(1, ...steps.map((step) => step.value));
  return (
    <Section title="From audience to clicks" note="addresses">
      <table className="h-table">
        <tbody>
          {steps.map((step) => (
            <tr key={step.label}>
              <th scope="row" style={{ width: 110 }}>{step.label}</th>
              <td className="h-num" style={{ width: 84 }}><People report={report} filter={step.filter} value={step.value} /></td>
              <td title={step.note}><BarCell max={max} label={`${f.number(step.value)} ${step.label.toLowerCase()}`} parts={[{ value: step.value, fill: step.label === 'Clicked' ? 'accent' : 'neutral' }]} height={8} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function ReasonSection({ report }: { readonly report: CampaignReport }) {
  const missed = report.reasons.filter((row) => row.state !== 'sent');
  return (
    <Section title="Who did not get it, and why">
      <table className="h-table">
        <tbody>
          {missed.map((row) => (
            <tr key={`${row.state} ${row.reason}`}>
              <td>{placeWords(row.state, row.reason).reason || placeWords(row.state, row.reason).state}</td>
              <td>{placeWords(row.state, row.reason).reason && placeWords(row.state, row.reason).state}</td>
              <td className="h-num"><People report={report} filter={{ state: row.state, reason: row.reason }} value={row.messages} /></td>
            </tr>
          ))}
          {missed.length === 0 && (
            <tr>
              <td>Everybody in the segment got it.</td>
            </tr>
          )}
        </tbody>
      </table>
    </Section>
  );
}

function VariantSection({ report }: { readonly report: CampaignReport }) {
  return (
    <Section title="By variant" note="messages to be sent, and what became of them">
      <table className="h-table">
        <thead>
          <tr>
            <th scope="col">Variant</th>
            {['Messages', 'Accepted', 'Opened', 'Clicked', 'Unsubscribed', 'Bounced'].map((head) => <th scope="col" key={head} className="h-num">{head}</th>)}
          </tr>
        </thead>
        <tbody>
          {report.treatments.map((row) => {
            const cell = (filter: RecipientFilter, value: number): ReactNode => <td className="h-num"><People report={report} filter={{ ...filter, treatment: row.treatment }} value={value} /></td>;
            return (
              <tr key={row.treatment}>
                <th scope="row"><VariantMark letter={variantLetter(row.treatment)} /> {row.name}</th>
                {cell({ toSend: true }, row.messages - row.skipped)}
                {cell({ state: 'sent' }, row.accepted)}
                {cell({ outcome: 'open' }, row.opened)}
                {cell({ outcome: 'click' }, row.clicked)}
                {cell({ outcome: 'unsubscribe' }, row.unsubscribed)}
                {cell({ outcome: 'bounced' }, row.bounced)}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}

function LinkSection({ report }: { readonly report: CampaignReport }) {
  const f = useFormat();
  const trpc = useTRPC();
  const navigate = useNavigate();
  const [treatment, setTreatment] = useState(0);
  const heat = useQuery(trpc.report.heatMap.queryOptions({ run: report.run.uid, treatment }));
  const links = report.links.filter((link) => link.treatment === treatment);
  const max = Math.max(1, ...links.map((link) => link.clicked));
  const open = (link: number) => void navigate(recipientsPath(report.campaign.uid, report.run.uid, { link, treatment }));
  return (
    <Section
      title="By link"
      note={report.trackClicks ? 'messages whose reader clicked, and all clicks' : 'clicks are not tracked in this campaign'}
      tools={
        report.treatments.length > 1 && (
          <SegmentedControl aria-label="Variant" data={report.treatments.map((row) => ({ value: String(row.treatment), label: variantLetter(row.treatment) }))} value={String(treatment)} onChange={(value) => setTreatment(Number(value))} />
        )
      }
    >
      <div className={classes.links}>
        <div style={{ minWidth: 0 }}>
          {links.length === 0 ? (
            <EmptyState>{report.trackClicks ? 'This message has no links that are tracked.' : 'Clicks are not tracked in this campaign.'}</EmptyState>
          ) : (
            <table className="h-table" style={{ tableLayout: 'fixed' }}>
              <thead>
                <tr>
                  <th scope="col" style={{ width: 28 }}>#</th>
                  <th scope="col">Link</th>
                  <th scope="col" style={{ width: 64 }}><span className="h-visually-hidden">Share</span></th>
                  <th scope="col" className="h-num" style={{ width: 60 }}>Clicked</th>
                  <th scope="col" className="h-num" style={{ width: 56 }}>Clicks</th>
                  <th scope="col" className="h-num" style={{ width: 68 }} title="Messages in which a scanner followed it">Scanners</th>
                </tr>
              </thead>
              <tbody>
                {links.map((link) => (
                  <tr key={link.link}>
                    <td>{link.link + 1}</td>
                    <td>
                      <span className={classes.linkText} title={link.text}>{link.text || 'picture'}</span>
                      {link.url !== '' && <LinkAddress url={link.url} />}
                    </td>
                    <td><BarCell max={max} label={`${f.number(link.clicked)} clicked`} parts={[{ value: link.clicked, fill: 'accent' }]} /></td>
                    <td className="h-num"><People report={report} filter={{ link: link.link, treatment: link.treatment }} value={link.clicked} /></td>
                    <td className="h-num">{f.number(link.clicks)}</td>
                    <td className="h-num">{f.number(link.scanned)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
        <figure className={classes.heat}>
          <figcaption className="h-text-2">The message with its clicks. Open a link's people by clicking it.</figcaption>
          <Loaded query={heat} skeleton={<SkeletonBlock height={420} />}>
            {(map) => (
              <HtmlFrame
                html={map.html}
                title="The message with the clicks of each link"
                height={420}
                onLink={(href) => {
                  const link = heatLinkNumber(href);
                  if (link !== undefined) open(link);
                }}
              />
            )}
          </Loaded>
        </figure>
      </div>
    </Section>
  );
}

function HourSection({ report }: { readonly report: CampaignReport }) {
  const f = useFormat();
  const { hours, later, withoutHour } = report;
  const labels = hours.map((hour) => `${f.date(hour.at).replace(/ \d{4}$/, '')} ${f.time(hour.at)}`);
  const zone = f.zoneName(report.run.startedAt ?? report.run.createdAt);
  return (
    <Section title="By hour" note={`${f.zone === zone ? zone : `${f.zone} (${zone})`}${later ? `; after a week: ${f.number(later.opened)} opened, ${f.number(later.clicked)} clicked, ${f.number(later.unsubscribed)} unsubscribed` : ''}${withoutHour > 0 ? `; ${f.number(withoutHour)} accepted at an hour that nobody knows` : ''}`}>
      <div className={classes.halves}>
        <Chart
          kind={hours.length > 2 ? 'line' : 'bar'}
          title={report.trackOpens && report.trackClicks ? 'Opened and clicked' : report.trackOpens ? 'Opened (clicks are not tracked)' : report.trackClicks ? 'Clicked (opens are not tracked)' : 'Unsubscribed (opens and clicks are not tracked)'}
          labelName={`Hour (${zone})`}
          labels={labels}
          series={[...(report.trackOpens ? [{ name: 'Opened', values: hours.map((h) => h.opened) }] : []), ...(report.trackClicks ? [{ name: 'Clicked', values: hours.map((h) => h.clicked) }] : []), { name: 'Unsubscribed', values: hours.map((h) => h.unsubscribed), colour: 'neutral' }]}
          unit="messages"
          height={200}
          empty="Nothing happened yet."
        />
        <Chart kind="bar" title="Accepted" labelName={`Hour (${zone})`} labels={labels} series={[{ name: 'Accepted', values: hours.map((h) => h.accepted), colour: 'neutral' }]} unit="messages" height={200} empty="Nothing was accepted yet." />
      </div>
    </Section>
  );
}

function DomainSection({ report }: { readonly report: CampaignReport }) {
  const f = useFormat();
  const { otherDomains } = report;
  return (
    <Section title="By receiving domain" note="messages to be sent, most first">
      <table className="h-table">
        <thead>
          <tr>
            <th scope="col">Domain</th>
            {['Messages', 'Accepted', 'Refused', 'Opened', 'Clicked', 'Unsubscribed', 'Bounced'].map((head) => <th scope="col" key={head} className="h-num">{head}</th>)}
          </tr>
        </thead>
        <tbody>
          {report.domains.map((row) => {
            const cell = (filter: RecipientFilter, value: number): ReactNode => <td className="h-num"><People report={report} filter={{ ...filter, domain: row.domain }} value={value} /></td>;
            return (
              <tr key={row.domain}>
                <th scope="row">{row.domain === '' ? 'address is gone' : row.domain}</th>
                {cell({ toSend: true }, row.messages)}
                {cell({ state: 'sent' }, row.accepted)}
                {cell({ state: 'failed' }, row.failed)}
                {cell({ outcome: 'open' }, row.opened)}
                {cell({ outcome: 'click' }, row.clicked)}
                {cell({ outcome: 'unsubscribe' }, row.unsubscribed)}
                {cell({ outcome: 'bounced' }, row.bounced)}
              </tr>
            );
          })}
          {otherDomains && (
            <tr>
              <th scope="row">{f.plural(otherDomains.count, 'other', 'others')}</th>
              {[otherDomains.messages, otherDomains.accepted, otherDomains.failed, otherDomains.opened, otherDomains.clicked, otherDomains.unsubscribed, otherDomains.bounced].map((value, i) => <td key={i} className="h-num">{f.number(value)}</td>)}
            </tr>
          )}
        </tbody>
      </table>
    </Section>
  );
}
