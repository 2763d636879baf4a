import { Menu } from '@mantine/core';
import { IconCheck, IconDoorExit, IconFolder, IconFolderOpen, IconSelector } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { switchWorkspace } from '../../lib/switching.js';
import { useWorkspace } from '../../lib/workspace.js';
import { OpenDialog } from '../welcome/open-dialog.js';
import classes from './frame.module.css';
import { Logo } from './logo.js';

/** The last part of a path of any system. */
export function fileNameOf(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}

/** The workspace's name on top of the rail: switch, open, new, close. */
export function WorkspaceMenu({ narrow }: { readonly narrow: boolean }) {
  const trpc = useTRPC();
  const view = useWorkspace();
  const recent = useQuery(trpc.workspace.recent.queryOptions()).data ?? [];
  const client = useTRPCClient();
  const close = useMutation(trpc.workspace.close.mutationOptions());
  const [dialog, setDialog] = useState(false);
  const others = recent.filter((r) => r.exists && r.folder !== view.folder).slice(0, 8);
  return (
    <>
      <Menu position="bottom-start" width={260}>
        <Menu.Target>
          <button type="button" className={classes.head} {...(narrow ? { 'aria-label': `Workspace ${view.name}: switch, open or close` } : {})}>
            <Logo />
            {!narrow && <span className="h-visually-hidden">Workspace: switch, open or close</span>}
            {!narrow && (
              <>
                <span className={classes.headText}>
                  <span className={classes.wsName}>{view.name}</span>
                  <span className={classes.wsFile}>{fileNameOf(view.folder)}</span>
                </span>
                <IconSelector size={14} className="h-text-3" aria-hidden />
              </>
            )}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCheck size={14} />}>{view.name}</Menu.Item>
          {others.length > 0 && <Menu.Label>Switch to</Menu.Label>}
          {others.map((r) => (
            <Menu.Item key={r.folder} leftSection={<IconFolder size={14} />} onClick={() => switchWorkspace(`Opening ${r.name}`, () => client.workspace.open.mutate({ folder: r.folder }))} title={r.folder}>
              {r.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconFolderOpen size={14} />} onClick={() => setDialog(true)}>
            Open or make another
          </Menu.Item>
          <Menu.Item leftSection={<IconDoorExit size={14} />} onClick={() => close.mutate()}>
            Close this workspace
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <OpenDialog opened={dialog} onClose={() => setDialog(false)} />
    </>
  );
}
