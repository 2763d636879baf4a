/** What a file made for a person became: a link to fetch it by, a file where they chose, or nothing. */
export type OfferedFile = { readonly kind: 'download'; readonly url: string } | { readonly kind: 'saved'; readonly path: string } | { readonly kind: 'cancelled' };

/** What the core asks of the shell it runs in. It cannot tell which one that is, only what it can do. */
export interface ShellPort {
  /** Gives a finished file to the person: a native save dialog, or a download. The shell removes `path` afterwards. */
  offerFile(path: string, suggestedName: string): Promise<OfferedFile>;
  /** A native picker; absent where the window has none, and the person types a path. Undefined when they gave up. */
  readonly pickFolder?: (title: string) => Promise<string | undefined>;
  readonly pickFile?: (title: string, extensions: readonly string[]) => Promise<string | undefined>;
  /** The file behind an upload of this session. Throws `NOT_FOUND`. */
  resolveUpload(id: string): { readonly path: string; readonly name: string };
  /** The upload is in the workspace now; its file can go. */
  releaseUpload(id: string): void;
  /** Tells the person something outside the window (a finished send, a paused one). */
  notify(title: string, body: string): void;
}
