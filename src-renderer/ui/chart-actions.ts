import type { ChartProps } from './chart.types.js';

/** The chart's exact numbers as RFC 4180 CSV: labels first, one column per series. Cells that a spreadsheet would run as a formula get a leading quote. */
export function chartCsv(props: Pick<ChartProps, 'labels' | 'labelName' | 'series' | 'unit'>): string {
  const cell = (value: string | number | null) => {
    const text = value === null ? '' : String(value);
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const head = [props.labelName, ...props.series.map((s) => `${s.name} (${props.unit})`)];
  const lines = props.labels.map((label, i) => [label, ...props.series.map((s) => s.values[i] ?? null)]);
  return [head, ...lines].map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n';
}

export function fileName(props: Pick<ChartProps, 'file' | 'title'>): string {
  return (props.file ?? props.title).replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-+|-+$/g, '').toLowerCase() || 'chart';
}

/** Offers a small file that this window made to the person: a download in the browser, a save dialog in the desktop window. */
export function offerFile(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the blob by the next task at the latest.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/** The drawing on an opaque ground as PNG into the clipboard; where the clipboard takes no image, as a file. Answers which. */
export async function copyImage(canvas: HTMLCanvasElement, background: string, name: string): Promise<'clipboard' | 'file'> {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = background;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  const blob = await new Promise<Blob>((resolve, reject) => copy.toBlob((b) => (b ? resolve(b) : reject(new Error('no image'))), 'image/png'));
  if (typeof ClipboardItem !== 'undefined' && document.hasFocus()) {
    try {
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
      return 'clipboard';
    } catch (error) {
      // Refused by permission: the person still gets the image.
      if (!(error instanceof DOMException)) throw error;
    }
  }
  offerFile(`${name}.png`, 'image/png', blob);
  return 'file';
}
